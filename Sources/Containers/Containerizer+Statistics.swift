public import Cluster
import LinuxKernel
import Synchronization

extension Containerizer {
    /// What a container uses now; for one that shares its parent's cgroup, what that one uses.
    public func statistics(of id: ContainerID) throws(ContainerError) -> ContainerStatistics {
        guard let statistics = statistics(of: [id], withPressure: true)[id] else { throw .unknown(id) }
        return statistics
    }

    /// What containers use now, as far as they run. The figures of a cgroup that several share are read once.
    ///
    /// - Parameter withPressure: whether to tell how long they waited, too, which takes as long again.
    public func statistics(of ids: some Sequence<ContainerID>, withPressure: Bool) -> [ContainerID: ContainerStatistics] {
        var usages: [ContainerID: CgroupStatistics] = [:]
        var all: [ContainerID: ContainerStatistics] = [:]
        for id in ids {
            guard let place = state.withLock({ $0.accountingPlace(of: id) }) else { continue }
            let path = ContainerCgroups.path(of: place.home)
            let usage = usages[place.home] ?? cgroups.layout.statistics(of: path, limits: place.limits, withPressure: withPressure)
            usages[place.home] = usage
            all[id] = ContainerStatistics(
                usage: usage,
                cpus: place.limits.cpus,
                cpuLimit: place.limits.cpuLimit,
                network: place.facts.hasOwnNetwork ? networkCounters(of: id) : nil,
                networkFailure: place.entry?.networkFailure,
                diskUsedBytes: place.entry?.diskUsedBytes,
                diskLimitBytes: place.facts.diskBytes
            )
        }
        return all
    }
}

extension Containerizer.State {
    /// Where the use of a container is counted.
    fileprivate struct AccountingPlace {
        /// The container whose cgroup it is in.
        var home: ContainerID
        var limits: ResourceLimits
        var facts: ContainerFacts
        var entry: Containerizer.Entry?
    }

    /// Nothing if it does not run.
    fileprivate func accountingPlace(of id: ContainerID) -> AccountingPlace? {
        guard let node = tree.nodes[id], case .running = node.state,
            let home = tree.nearest(id, where: { $0.limits != nil }), let limits = tree.nodes[home]?.facts.limits
        else { return nil }
        return AccountingPlace(home: home, limits: limits, facts: node.facts, entry: entries[id])
    }
}
