import Glibc
import LinuxKernel

/// A folder for one test, gone afterwards.
func withScratchFolder(_ body: (Folder) async throws -> Void) async throws {
    let name = "agora-test-kernel-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let folder = try Folder.make("/tmp/\(name)")
    do {
        try await body(folder)
    } catch {
        try Folder.open("/tmp").removeTree(name)
        throw error
    }
    try Folder.open("/tmp").removeTree(name)
}

extension Folder {
    /// Makes a file with a content, and the folders above it.
    func put(_ content: String, at path: String) throws {
        let parts = path.split(separator: "/")
        let folder = try makePath(parts.dropLast().joined(separator: "/")).folder
        let file = try folder.file(String(parts.last ?? ""), flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.write(Array(content.utf8), describedAs: path)
    }

    func text(of path: String) throws -> String {
        try SmallFile.read("\(self.path)/\(path)")
    }
}
