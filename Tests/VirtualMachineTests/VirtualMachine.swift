import Foundation
import TestSupport

/// Runs programs of this machine in a virtual one.
enum VirtualMachine {
    private static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Whether there is one for this machine.
    static var isPossible: Bool {
        #if arch(x86_64)
        ["/usr/bin/qemu-system-x86_64", "/usr/bin/apt-get"].allSatisfy(FileManager.default.isExecutableFile)
        #else
        false
        #endif
    }

    /// Runs a command; standard error is part of its output. Without processors that can do it, the machine is emulated,
    /// which takes its time.
    static func run(_ command: [String]) async throws -> Ended {
        let script = repository.appending(path: "Scripts/virtual-machine.sh").path
        return await (try Program(script, ["--seconds", "1200"] + command)).ended(within: .seconds(1220))
    }
}
