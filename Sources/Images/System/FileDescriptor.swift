import Glibc

/// An open file, closed when its owner lets go of it. Every descriptor is close-on-exec.
struct FileDescriptor: ~Copyable, Sendable {
    let raw: CInt

    /// Takes over a descriptor that a system call returned.
    init(owning raw: CInt) {
        self.raw = raw
    }

    deinit {
        _ = Glibc.close(raw)
    }
}

extension FileDescriptor {
    /// Opens a folder by path. The path comes from the operator or from this library, not from an image.
    static func folder(_ path: String) throws(ImageError) -> FileDescriptor {
        let raw = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { throw systemError("open the folder", path) }
        return FileDescriptor(owning: raw)
    }

    /// Opens a file for reading that must be a regular one: a FIFO would block for ever, a device may do anything.
    ///
    /// - Parameter code: the failure if there is no such file.
    static func regularFile(_ path: String, missing code: ImageError.Code) throws(ImageError) -> FileDescriptor {
        let raw = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else {
            throw errno == ENOENT ? ImageError(code, "there is no file \(quoted(path))") : systemError("open", path)
        }
        let file = FileDescriptor(owning: raw)
        guard try file.status(path).st_mode & S_IFMT == S_IFREG else { throw ImageError(code, "\(quoted(path)) is not a regular file") }
        return file
    }

    /// Length in bytes.
    func size(_ path: String) throws(ImageError) -> Int64 {
        Int64(try status(path).st_size)
    }

    private func status(_ path: String) throws(ImageError) -> stat {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw systemError("examine", path) }
        return status
    }

    /// Writes all bytes at the current position.
    func write(_ bytes: UnsafeRawBufferPointer, path: String) throws(ImageError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(raw, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw systemError("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Reads up to the buffer's size at the current position; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, path: String) throws(ImageError) -> Int {
        while true {
            let count = Glibc.read(raw, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw systemError("read", path) }
        }
    }

    func rewind(_ path: String) throws(ImageError) {
        guard lseek(raw, 0, SEEK_SET) == 0 else { throw systemError("rewind", path) }
    }
}

/// The failure of a system call on one of the store's own files, from `errno`. A name that is too long is the image's fault.
func systemError(_ attempt: String, _ path: String) -> ImageError {
    let number = errno
    var message = "cannot \(attempt) \(quoted(path)): \(String(cString: strerror(number)))"
    if number == ENOSPC || number == EDQUOT { message += "; free some room and pull again" }
    return ImageError(number == ENAMETOOLONG ? .invalidArchive : .storage, message)
}
