import Cluster
import MesosAPI
import MesosMessages

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
    var gpus = 0

    /// This machine, with the disk on which the folder stands or will stand, and with the GPUs that containers may have.
    init(path: String, gpus: Int = 0) {
        self.gpus = gpus
        processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let pages = max(0, sysconf(Int32(_SC_PHYS_PAGES)))
        memoryMebibytes = pages / 256 * max(1, sysconf(Int32(_SC_PAGESIZE)) / 4096)
        var disk = statvfs()
        var folder = path[...]
        while statvfs(folder.isEmpty ? "/" : String(folder), &disk) != 0, !folder.isEmpty {
            folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
        }
        diskMebibytes = Int(clamping: (UInt64(disk.f_blocks) &* UInt64(disk.f_frsize)) >> 20)
    }

    init(processors: Int, memoryMebibytes: Int, diskMebibytes: Int) {
        self.processors = processors
        self.memoryMebibytes = memoryMebibytes
        self.diskMebibytes = diskMebibytes
    }

    /// What is offered: what was given, and of the kinds that were not what the machine has, as Mesos does it.
    func offered(beside given: Resources, like former: [Mesos_V1_Resource]) throws(ResourcesError) -> Resources {
        let isFound = { (resource: Resource) in !given.names.contains(resource.name) }
        let former = (try? Resources(former)) ?? .empty
        return given + Self.steady(try offered().filter(isFound), like: former.filter(isFound))
    }

    /// What a former process found stays as it was, as long as the machine still has it: a kernel that keeps a little more
    /// for itself is no other machine.
    private static func steady(_ own: Resources, like former: Resources) -> Resources {
        guard former.names == own.names else { return own }
        guard former.scalar("gpus") == own.scalar("gpus") else { return own }
        let isEnough = ["cpus", "mem", "disk"].allSatisfy {
            former.scalar($0) <= own.scalar($0) && former.scalar($0).value >= own.scalar($0).value * 0.9
        }
        return isEnough && former.filter { $0.name == "ports" } == own.filter { $0.name == "ports" } ? former : own
    }

    /// As Mesos does it: 1 GiB of memory and 5 GiB of disk stay back, or half of what is there if it is little.
    func offered() throws(ResourcesError) -> Resources {
        let memory = memoryMebibytes > 2048 ? memoryMebibytes - 1024 : memoryMebibytes / 2
        let disk = diskMebibytes > 10240 ? diskMebibytes - 5120 : diskMebibytes / 2
        return try Resources.parse("cpus:\(processors);mem:\(memory);disk:\(disk);ports:[31000-32000]" + (gpus > 0 ? ";gpus:\(gpus)" : ""))
    }
}
