public import Cluster
import LinuxKernel
import Synchronization

extension Containerizer {
    /// Stops all programs in a container where they are, with those of containers inside it, or lets them go on.
    ///
    /// - Throws: ``ContainerError/invalid(_:reason:)`` for one whose processes no cgroup tells apart from its parent's.
    public func freeze(_ id: ContainerID, _ isFrozen: Bool) throws(ContainerError) {
        let node = state.withLock { $0.tree.nodes[id] }
        guard let node, case .running = node.state else { throw .unknown(id) }
        guard node.facts.isTracked else {
            throw .invalid(id, reason: "it shares its parent's cgroup, so it cannot be stopped alone")
        }
        do {
            try cgroups.layout.freeze(ContainerCgroups.path(of: id), isFrozen)
        } catch {
            throw .updateFailed(id, error)
        }
    }
}
