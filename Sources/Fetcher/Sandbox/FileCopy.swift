import Glibc
import Images
import LinuxKernel

/// Moves bytes between files.
enum FileCopy {
    /// Writes all bytes at a place of a file.
    static func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: Descriptor, _ path: [CChar]) throws(FetchError) {
        var rest = bytes
        var position = offset
        while !rest.isEmpty {
            let count = pwrite(file.number, rest.baseAddress, rest.count, off_t(position))
            if count < 0 {
                if errno == EINTR { continue }
                throw SandboxTree.failure("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            position += Int64(count)
        }
    }

    /// Copies a file from its beginning; blocking.
    static func copy(
        _ source: Descriptor,
        to target: Descriptor,
        _ path: [CChar],
        budget: FetchBudget,
        cancellation: CancellationFlag
    ) throws(FetchError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FetchLimits.writeBytes, alignment: 16)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            guard !cancellation.isCancelled else { throw FetchError.cancelled }
            let count = pread(source.number, buffer.baseAddress, buffer.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SandboxTree.failure("read", path) }
            guard count > 0 else { return }
            try budget.spend(bytes: Int64(count))
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset, to: target, path)
            offset += Int64(count)
        }
    }
}
