import Crypto
import Glibc
import NIOCore
import Synchronization

/// A layer as it was transferred: a file without a name, so that nothing is left of it when it is closed or the process dies;
/// or a download that may be gone on with later, until it is discarded.
final class BlobFile: Sendable {
    let descriptor: FileDescriptor
    private let progress: Mutex<Progress>
    private let claim: PartialBlobs.Claim?

    private struct Progress {
        var hash = SHA256()
        var count: Int64 = 0
    }

    /// - Parameter folder: where the room is taken.
    init(temporaryIn folder: String, name: String) throws(ImageError) {
        let path = "\(folder)/\(name)"
        let raw = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw systemError("make the file", path) }
        descriptor = FileDescriptor(owning: raw)
        progress = Mutex(Progress())
        claim = nil
        guard unlink(path) == 0 else { throw systemError("remove the name of", path) }
    }

    /// A file that is there already, to be verified by ``hashContents(expecting:cancellation:)``.
    init(existing file: consuming FileDescriptor) {
        descriptor = file
        progress = Mutex(Progress())
        claim = nil
    }

    /// Goes on with a download, or begins it; blocking, for as long as it takes to hash what is there.
    ///
    /// - Parameter size: how long it will be.
    init(resuming claim: PartialBlobs.Claim, size: Int64, cancellation: CancellationFlag) throws(ImageError) {
        let raw = open(claim.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw systemError("open", claim.path) }
        descriptor = FileDescriptor(owning: raw)
        progress = Mutex(Progress())
        self.claim = claim
        if try descriptor.size(claim.path) <= size { try hashContents(cancellation: cancellation) } else { try restart() }
    }

    /// Drops what has arrived.
    func restart() throws(ImageError) {
        guard ftruncate(descriptor.raw, 0) == 0 else { throw systemError("shorten", "a downloaded layer") }
        try descriptor.rewind("a downloaded layer")
        progress.withLock { $0 = Progress() }
    }

    /// Nobody will go on with this download.
    func discard() {
        if let claim { unlink(claim.path) }
    }

    /// Bytes written or hashed so far.
    var count: Int64 { progress.withLock { $0.count } }

    /// Appends bytes and hashes them; blocking.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        try progress.withLock { (progress) throws(ImageError) in
            try descriptor.write(bytes, path: "a downloaded layer")
            progress.hash.update(bufferPointer: bytes)
            progress.count += Int64(bytes.count)
        }
    }

    /// Reads the whole file to hash it; blocking.
    func hashContents(cancellation: CancellationFlag) throws(ImageError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ImageLimits.writeBytes, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try cancellation.check()
            let count = try descriptor.read(into: buffer, path: "a layer")
            if count == 0 { return }
            progress.withLock { progress in
                progress.hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                progress.count += Int64(count)
            }
        }
    }

    /// Compares what was written with what was promised, and goes back to the beginning for reading.
    func verify(digest: ImageDigest?, size: Int64?) throws(ImageError) {
        let (actual, count) = progress.withLock { (ImageDigest($0.hash.finalize()), $0.count) }
        if let size, size != count {
            throw ImageError(.sizeMismatch, "layer \(digest.map(\.description) ?? "") has \(count) bytes, expected \(size)")
        }
        if let digest, digest != actual {
            throw ImageError(.digestMismatch, "layer digest is \(actual), expected \(digest)")
        }
        try descriptor.rewind("a layer")
    }
}
