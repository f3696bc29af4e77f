import Glibc
import LinuxKernel

/// The folder of a container's own, and the files in it that take its output.
///
/// The folders above a sandbox belong to the agent, down to that of the outermost container; below that, a container
/// can put whatever it likes, and no symbolic link there is followed.
struct SandboxFolder: Sendable {
    let folder: Folder
    /// Whether it was made just now.
    let isNew: Bool

    /// Opens a sandbox, making it if it is missing.
    ///
    /// - Parameter rootSandbox: the sandbox of the outermost container around it; nothing at the top.
    init(making path: String, rootSandbox: String?) throws(KernelError) {
        if let rootSandbox, let rest = Path.below(rootSandbox, path) {
            (folder, isNew) = try Folder.open(rootSandbox).makePath(rest)
            return
        }
        let (above, name) = Path.split(path)
        let parent = try Folder.make(above)
        isNew = try parent.makeFolder(name)
        folder = try Folder.open(path)
    }

    /// Makes a folder in it, into which everybody may write.
    func makeOpen(_ path: String) throws(KernelError) {
        let made = try folder.makePath(path).folder
        // A reference alone cannot be changed (open(2), O_PATH).
        let own = try made.file(".", flags: O_RDONLY | O_DIRECTORY)
        guard fchmod(own.number, 0o777) == 0 else { throw KernelError("let everybody write to \(made.path)", code: errno) }
    }

    /// Opens a sandbox that is there.
    static func open(_ path: String, rootSandbox: String?) throws(KernelError) -> Folder {
        if let rootSandbox, let rest = Path.below(rootSandbox, path) { return try Folder.open(rootSandbox).folder(rest) }
        return try Folder.open(path)
    }

    /// Whether there is anything at a path; what it leads to does not matter.
    static func exists(_ path: String) -> Bool { faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }

    /// Removes a sandbox with all that is in it.
    static func remove(_ path: String, rootSandbox: String?) throws(KernelError) {
        let (above, name) = Path.split(path)
        do {
            try open(above, rootSandbox: rootSandbox).removeTree(name)
        } catch {
            guard error.code == ENOENT else { throw error }
        }
    }

    /// Opens a file for output, which is only ever added to.
    func output(_ name: String) throws(KernelError) -> Descriptor {
        // Without waiting: a pipe of that name might have been put there.
        let file = try folder.file(name, flags: O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, mode: 0o644)
        var facts = stat()
        guard fstat(file.number, &facts) == 0 else { throw KernelError("look at \(folder.path)/\(name)", code: errno) }
        // A second name of the file might be one outside of the sandbox.
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_nlink == 1 else {
            throw KernelError("write to \(folder.path)/\(name), which is no ordinary file of this folder alone", code: EPERM)
        }
        _ = fcntl(file.number, F_SETFL, O_APPEND)
        return file
    }
}
