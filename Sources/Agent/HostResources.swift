import Cluster

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a machine has, less what it needs itself.
struct HostResources {
    var processors: Int
    var memoryMebibytes: Int
    var diskMebibytes: Int

    /// This machine, with the disk on which the folder stands or will stand.
    init(path: String) {
        processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let pages = max(0, sysconf(Int32(_SC_PHYS_PAGES)))
        memoryMebibytes = pages / 256 * max(1, sysconf(Int32(_SC_PAGESIZE)) / 4096)
        var disk = statvfs()
        var folder = path[...]
        while statvfs(folder.isEmpty ? "/" : String(folder), &disk) != 0, !folder.isEmpty {
            folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
        }
        diskMebibytes = Int(clamping: (UInt64(disk.f_bavail) &* UInt64(disk.f_frsize)) >> 20)
    }

    init(processors: Int, memoryMebibytes: Int, diskMebibytes: Int) {
        self.processors = processors
        self.memoryMebibytes = memoryMebibytes
        self.diskMebibytes = diskMebibytes
    }

    /// As Mesos does it: 1 GiB of memory and 5 GiB of disk stay back, or half of what is there if it is little.
    func offered() throws(ResourcesError) -> Resources {
        let memory = memoryMebibytes > 2048 ? memoryMebibytes - 1024 : memoryMebibytes / 2
        let disk = diskMebibytes > 10240 ? diskMebibytes - 5120 : diskMebibytes / 2
        return try Resources.parse("cpus:\(processors);mem:\(memory);disk:\(disk);ports:[31000-32000]")
    }
}
