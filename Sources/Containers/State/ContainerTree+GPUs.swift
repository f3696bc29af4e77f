import Cluster

extension ContainerTree {
    /// The GPUs that a new container gets: those that no other has that has not ended.
    func gpus(for id: ContainerID, count: Int, of all: GPUDevices) throws(ContainerError) -> [String] {
        guard count > 0 else { return [] }
        if let above = id.parent, nearest(above, where: \.isKeptFromGPUs) != nil {
            throw .invalid(
                id,
                reason: "the container around it may use only GPUs of its own; give them to a container without one around it"
            )
        }
        var taken: Set<String> = []
        for (other, node) in nodes where other != id {
            if case .ended = node.state { continue }
            taken.formUnion(node.facts.gpus)
        }
        let free = all.devices.filter { !taken.contains($0) }
        guard free.count >= count else {
            throw .invalid(id, reason: "it asks for \(count) GPUs; of the agent's \(all.devices.count), \(free.count) are free")
        }
        return Array(free.prefix(count))
    }
}
