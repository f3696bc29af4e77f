import Cluster
import LinuxKernel

/// The cgroups of containers, nested as they are: `c.POD/c.WEB`. No control file of the kernel has such a name.
struct ContainerCgroups: Sendable {
    let layout: any CgroupLayout

    /// Finds the machine's layout, with all cgroups below a folder that belongs to one runtime directory alone.
    init(parent: String, runtimeDirectory: String) throws(ContainerError) {
        do {
            let mounts = try CgroupMounts.current()
            let place = "\(parent)/\(Self.digest(of: runtimeDirectory))"
            guard let layout = CgroupLayouts.layout(mounts, parent: place) else {
                throw ContainerError.unusable(
                    reason: "the cgroup controllers cpu, memory and pids must be mounted, by v1 or v2, below /sys/fs/cgroup"
                )
            }
            self.layout = layout
        } catch let error as ContainerError {
            throw error
        } catch {
            throw .unusable(reason: "\(error)")
        }
    }

    /// The same for the same path each time, which Swift's own hashes are not (FNV-1a, 64 bits).
    static func digest(of path: String) -> String {
        let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    static func path(of id: ContainerID) -> String {
        id.path.map(name).joined(separator: "/")
    }

    static func name(of value: String) -> String { "c.\(value)" }

    /// The containers directly inside one (or at the top) that have a cgroup, by the names of their folders.
    func names(below id: ContainerID?) -> Set<String> {
        layout.children(of: id.map(Self.path) ?? "").filter { $0.hasPrefix("c.") }
    }
}
