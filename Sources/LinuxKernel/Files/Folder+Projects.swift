import CLinuxKernel
import Glibc

extension Folder {
    /// Puts this folder into a project, with all files and folders in it and all that is made there from now on.
    ///
    /// Whoever works in the folder meanwhile cannot lead this out of it: no link is followed, and no other file system entered.
    /// Links, devices and pipes stay in the project that they are in; they take nothing.
    ///
    /// - Parameter entryLimit: how many of the files in it are put there at most, so that nobody can make it last.
    /// - Throws: if the folder itself cannot be put there; what fails or vanishes below it is passed over.
    public func put(intoProject project: UInt32, entryLimit: Int) throws(KernelError) {
        let attempt = "put \(path) into the project \(project)"
        let own = try file(".", flags: O_RDONLY | O_DIRECTORY)
        var facts = stat()
        guard fstat(own.number, &facts) == 0 else { throw KernelError(attempt, code: errno) }
        _ = try KernelError.checkNegative(agora_put_into_project(own.number, project, 1), attempt)
        var walk = ProjectWalk(project: project, device: facts.st_dev, entriesLeft: entryLimit)
        walk.putAll(in: self, depth: 0)
    }
}

private struct ProjectWalk {
    let project: UInt32
    let device: dev_t
    var entriesLeft: Int

    mutating func putAll(in folder: Folder, depth: Int) {
        guard depth < FolderSize.maximumDepth, entriesLeft > 0, let names = try? folder.names() else { return }
        for name in names where entriesLeft > 0 {
            entriesLeft -= 1
            put(name, in: folder, depth: depth)
        }
    }

    private mutating func put(_ name: String, in folder: Folder, depth: Int) {
        guard let inner = putOne(name, in: folder) else { return }
        putAll(in: inner, depth: depth + 1)
    }

    /// - Returns: what is to be gone through next, if it is a folder.
    private func putOne(_ name: String, in folder: Folder) -> Folder? {
        // Only a reference: to open a device or a pipe may do something.
        guard let reference = try? folder.file(name, flags: Self.referenceOnly) else { return nil }
        var facts = stat()
        guard fstat(reference.number, &facts) == 0, facts.st_dev == device else { return nil }
        let isFolder = facts.st_mode & S_IFMT == S_IFDIR
        guard isFolder || facts.st_mode & S_IFMT == S_IFREG else { return nil }
        let number = open("/proc/self/fd/\(reference.number)", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return nil }
        defer { close(number) }
        let result = agora_put_into_project(number, project, isFolder ? 1 : 0)
        return isFolder && result == 0 ? try? folder.folder(name, links: .sameFileSystem) : nil
    }

    // O_PATH, which Swift does not import.
    private static let referenceOnly: Int32 = 0o10000000
}
