import ArgumentParser
import Foundation

/// Containers need root.
enum Root {
    static func require(for command: String) throws {
        guard geteuid() != 0 else { return }
        throw ValidationError("`agora \(command)` runs containers, which needs root: sudo agora \(command) …")
    }
}
