import Synchronization

/// What is left of the memory to cgroups of v2 when it runs short: `memory.low`.
///
/// It is left to a cgroup only as far as it is to those above. To our own that hold all others is promised what these have
/// together; not more, as the kernel would spread the rest over them all. See the kernel's admin-guide/cgroup-v2.
final class MemoryPromises: Sendable {
    private let root: String
    private let depth: Int
    /// One at a time counts.
    private let counting = Mutex(())

    /// For the cgroups in a folder that is so many levels below the mounted hierarchy.
    init(root: String, depth: Int) {
        self.root = root
        self.depth = depth
    }

    /// Sums up, after what is promised to one has changed.
    func keep() throws(KernelError) {
        try counting.withLock { _ throws(KernelError) in
            var folder = root
            for _ in 0..<depth {
                let sum = CgroupFile.children(of: folder).reduce(Int64(0)) { sum, child in
                    let (next, isTooMuch) = sum.addingReportingOverflow(Self.bytes(in: "\(folder)/\(child)"))
                    return isTooMuch ? .max : next
                }
                try SmallFile.write("\(sum)", to: "\(folder)/memory.low")
                folder = String(folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.endIndex))
            }
        }
    }

    /// What is promised to a cgroup.
    static func bytes(in folder: String) -> Int64 {
        CgroupFile.number("\(folder)/memory.low") ?? 0
    }
}
