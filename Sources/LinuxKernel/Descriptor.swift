import CLinuxKernel
import Glibc

/// An open file, closed when the last reference to it goes.
public final class Descriptor: Sendable {
    /// The number, to be used only while this object is alive.
    public let number: Int32

    /// Takes over an open descriptor.
    public init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Writes all bytes, however many calls it takes.
    public func write(_ bytes: [UInt8], describedAs name: String) throws(KernelError) {
        var written = 0
        while written < bytes.count {
            let size = bytes.withUnsafeBytes { buffer in
                Glibc.write(number, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if size < 0 && errno == EINTR { continue }
            guard size >= 0 else { throw KernelError("write to \(name)", code: errno) }
            written += size
        }
    }

    /// Reads to the end, up to a limit.
    ///
    /// - Throws: the kernel's error, or `EFBIG` if there is more than `limit`.
    public func readAll(limit: Int, describedAs name: String) throws(KernelError) -> [UInt8] {
        var bytes: [UInt8] = []
        let failure = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { chunk -> Int32 in
            while bytes.count <= limit {
                let size = Glibc.read(number, chunk.baseAddress, chunk.count)
                if size < 0 && errno == EINTR { continue }
                guard size > 0 else { return size < 0 ? errno : 0 }
                bytes += chunk[..<size]
            }
            return 0
        }
        guard failure == 0 else { throw KernelError("read \(name)", code: failure) }
        guard bytes.count <= limit else { throw KernelError("read \(name), more than \(limit) bytes", code: EFBIG) }
        return bytes
    }

    /// The device that reads as empty and swallows what is written; what stands in its place is refused.
    public static func nullDevice() throws(KernelError) -> Descriptor {
        let device = Descriptor(owning: try KernelError.check(Glibc.open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null"))
        var facts = stat()
        let isNull = fstat(device.number, &facts) == 0 && facts.st_mode & S_IFMT == S_IFCHR && facts.st_rdev == 0x103
        guard isNull else { throw KernelError("use /dev/null, which is not the null device", code: ENODEV) }
        return device
    }

    /// A pair of connected sockets that carry records; closed on exec.
    public static func recordSockets() throws(KernelError) -> (Descriptor, Descriptor) {
        var pair: (Int32, Int32) = (-1, -1)
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let result = withUnsafeMutableBytes(of: &pair) { buffer in
            socketpair(AF_UNIX, kind, 0, buffer.bindMemory(to: Int32.self).baseAddress)
        }
        _ = try KernelError.check(result, "make a pair of sockets")
        return (Descriptor(owning: pair.0), Descriptor(owning: pair.1))
    }

    /// A file that exists in memory only, with the given content.
    public static func memoryFile(_ name: String, content: [UInt8]) throws(KernelError) -> Descriptor {
        let number = try KernelError.checkNegative(agora_memory_file(name), "make the memory file \(name)")
        let file = Descriptor(owning: number)
        try file.write(content, describedAs: "the memory file \(name)")
        return file
    }

    /// Forbids every further change of a file in memory, for whoever has it open (`F_ADD_SEALS`, fcntl(2)).
    public func seal() throws(KernelError) {
        _ = try KernelError.checkNegative(agora_seal(number), "seal a memory file")
    }
}
