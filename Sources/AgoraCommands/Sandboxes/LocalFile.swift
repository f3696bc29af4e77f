import Glibc
import LinuxKernel

/// A file of this machine that is written whole or not at all.
struct LocalFile {
    let folder: Folder
    let name: String
    /// Permissions; the user's umask is taken off.
    let mode: UInt32
    /// When its content changed, in seconds since 1970.
    let changed: Double?
    /// Whether one of this name may be replaced.
    let isForced: Bool

    /// Makes it and lets `fill` write it; whatever goes wrong, no part of it is left.
    func write(_ fill: (_ append: ([UInt8]) throws(KernelError) -> Void) async throws -> Void) async throws {
        // What is replaced stays what it is until all of the new one is there.
        let part = isForced ? ".agora-\(getpid()).part" : name
        let file = try open(part)
        do {
            try await fill { (bytes) throws(KernelError) in try file.write(bytes, describedAs: "\(folder.path)/\(name)") }
            try Task.checkCancellation()
            if let changed { setTime(changed, of: file) }
            if isForced { _ = try folder.move(part, to: folder, as: name) }
        } catch {
            unlinkat(folder.descriptor.number, part, 0)
            throw error
        }
    }

    private func open(_ part: String) throws -> Descriptor {
        do throws(KernelError) {
            return try folder.file(part, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode & 0o777 | 0o600)
        } catch {
            guard error.code == EEXIST else { throw error }
            throw SandboxError("\(folder.path)/\(part) is there already; --force overwrites it")
        }
    }

    /// A time that the file system cannot keep is none that a user misses.
    private func setTime(_ seconds: Double, of file: Descriptor) {
        guard seconds.isFinite, abs(seconds) < 1e11 else { return }
        let whole = seconds.rounded(.down)
        let time = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
        _ = withUnsafeTemporaryAllocation(of: timespec.self, capacity: 2) { times in
            times.initialize(repeating: time)
            return futimens(file.number, times.baseAddress)
        }
    }
}
