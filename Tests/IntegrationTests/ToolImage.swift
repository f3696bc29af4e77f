import Foundation
import TestSupport
import Testing

/// An image of one program: busybox, which is its shell and all programs.
enum ToolImage {
    /// Makes a layout with it in a folder, and says what `--image` takes.
    static func make(in folder: URL) async throws -> String {
        let script = """
            cd \(folder.path) && umoci init --layout layout && umoci new --image layout:tool \
            && umoci insert --image layout:tool /bin/busybox /bin/sh
            """
        let made = try await Program.run("/bin/sh", ["-c", script])
        try #require(made.status == 0, "\(made.errors)")
        return "oci:\(folder.path)/layout:tool"
    }
}
