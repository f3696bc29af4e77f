import Glibc
import Testing

@testable import Images

/// A folder for one test, removed with all that is in it however the test ends.
@discardableResult
func withScratch<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/agora-test-images-XXXXXX".utf8CString)
    let path = try #require(mkdtemp(&template).map { String(cString: $0) })
    do {
        let value = try await body(path)
        try removeScratch(path)
        return value
    } catch {
        try? removeScratch(path)
        throw error
    }
}

private func removeScratch(_ path: String) throws {
    let parent = try FileDescriptor.folder("/tmp")
    try removeTree(Array(String(path.dropFirst("/tmp/".count)).utf8CString), in: parent.raw)
}

/// What a path is, without following a link.
struct Node: Equatable {
    let status: stat

    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.status = status
    }

    var kind: mode_t { status.st_mode & S_IFMT }
    var mode: mode_t { status.st_mode & 0o7777 }

    /// Whether overlayfs takes it for "gone".
    var isWhiteout: Bool { kind == S_IFCHR && status.st_rdev == 0 }

    static func == (left: Node, right: Node) -> Bool {
        left.status.st_ino == right.status.st_ino && left.status.st_dev == right.status.st_dev
    }
}

func contents(_ path: String) throws -> [UInt8] {
    try readFile(path, limit: 64 << 20, what: "test file")
}

func text(_ path: String) throws -> String {
    String(decoding: try contents(path), as: UTF8.self)
}

func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let raw = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    let file = FileDescriptor(owning: try #require(raw >= 0 ? raw : nil))
    let failure = Array(bytes).withUnsafeBytes { bytes -> ImageError? in
        do throws(ImageError) { try file.write(bytes, path: path) } catch { return error }
        return nil
    }
    if let failure { throw failure }
}

/// The names in a folder, sorted.
func names(in path: String) throws -> [String] {
    let folder = try FileDescriptor.folder(path)
    return try entryNames(of: folder.raw).map { Images.text(of: $0) }.sorted()
}

func symbolicLink(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    guard readlink(path, &buffer, buffer.count - 1) >= 0 else { return nil }
    return Images.text(of: buffer)
}
