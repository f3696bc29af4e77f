package import Cluster

extension Allocator {
    /// What would be granted if every agent were looked at anew, without granting it: nothing right after a round.
    package func overlooked(at now: Timestamp) -> [Grant] {
        var copy = self
        copy.markAllDirty()
        return copy.allocate(at: now)
    }
}
