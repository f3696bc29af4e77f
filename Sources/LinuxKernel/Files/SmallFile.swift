import Glibc

/// Small files by their path, as /proc and the cgroup file systems offer them.
public enum SmallFile {
    /// The largest that is read.
    public static let limit = 1 << 20

    /// The content as text; broken UTF-8 is repaired.
    public static func read(_ path: String) throws(KernelError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    static func bytes(_ path: String) throws(KernelError) -> [UInt8] {
        let number = try KernelError.check(open(path, O_RDONLY | O_CLOEXEC), "open \(path)")
        return try Descriptor(owning: number).readAll(limit: limit, describedAs: path)
    }

    /// Writes into a file that exists, in one call.
    public static func write(_ text: String, to path: String) throws(KernelError) {
        let number = try KernelError.check(open(path, O_WRONLY | O_CLOEXEC), "open \(path)")
        defer { close(number) }
        var text = text
        let size = text.withUTF8 { Glibc.write(number, $0.baseAddress, $0.count) }
        guard size >= 0 else { throw KernelError("write \"\(text.prefix(64))\" to \(path)", code: errno) }
    }
}
