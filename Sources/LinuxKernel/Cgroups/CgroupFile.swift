import Glibc

/// Reading and making the files and folders of a cgroup file system.
enum CgroupFile {
    /// The lines "name number" of a file as `memory.stat`; none if it does not exist.
    static func table(_ path: String) -> CounterTable {
        CounterTable((try? SmallFile.bytes(path)) ?? [])
    }

    /// The number in a file; nothing if there is none, as for "max".
    static func number(_ path: String) -> Int64? {
        (try? SmallFile.bytes(path)).flatMap { Int64(firstLineOf: $0[...]) }
    }

    /// Makes a folder, and those above it where they are missing; one that is there is fine.
    static func makeFolder(_ path: String) throws(KernelError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw KernelError("make the cgroup \(path)", code: errno)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw KernelError("make the cgroup \(path)", code: errno) }
    }

    /// Removes a folder.
    ///
    /// - Returns: false if processes or folders are still in it.
    static func removeFolder(_ path: String) throws(KernelError) -> Bool {
        if rmdir(path) == 0 || errno == ENOENT { return true }
        guard errno == EBUSY || errno == ENOTEMPTY else { throw KernelError("remove the cgroup \(path)", code: errno) }
        return false
    }

    /// Removes a cgroup and those above it, as many levels as are empty.
    static func removeUpwards(_ path: String, levels: Int) {
        var path = path
        for _ in 0..<levels {
            guard rmdir(path) == 0, let slash = path.lastIndex(of: "/") else { return }
            path = String(path[..<slash])
        }
    }

    /// The names of the cgroups in one.
    static func children(of path: String) -> [String] {
        (try? Folder.open(path).folderNames()) ?? []
    }

    /// The processes of one cgroup, without those below.
    static func processes(of path: String) -> [Int32] {
        guard let text = try? SmallFile.read("\(path)/cgroup.procs") else { return [] }
        return text.split(separator: "\n").compactMap { Int32($0) }
    }

    /// Kills the processes of a cgroup and of those below it, one by one. More may have come meanwhile.
    static func killEach(below path: String) {
        for process in processes(of: path) where process > 0 { kill(process, SIGKILL) }
        for child in children(of: path) { killEach(below: "\(path)/\(child)") }
    }

    /// Removes a cgroup with all below it; false if processes are still in one of them.
    static func removeTree(_ path: String) throws(KernelError) -> Bool {
        if try removeFolder(path) { return true }
        for child in children(of: path) {
            guard try removeTree("\(path)/\(child)") else { return false }
        }
        return try removeFolder(path)
    }
}
