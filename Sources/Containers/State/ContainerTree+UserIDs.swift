import Cluster
import LinuxKernel

extension ContainerTree {
    /// The first of the ids that a new container gets.
    ///
    /// All inside one container at the top that have a user namespace have the same ids, so that their programs may signal
    /// each other and files they share in memory belong to the same users. No two at the top have the same.
    ///
    /// - Parameter base: the lowest that is given to anybody; nothing: none are.
    /// - Throws: ``ContainerError/unusable(reason:)`` when all are given away.
    func firstID(for id: ContainerID, _ facts: ContainerFacts, from base: UInt32?) throws(ContainerError) -> UInt32? {
        guard facts.hasImageRoot else { return nil }
        // In its parent's root, files belong to the parent's users.
        if !facts.hasOwnRoot { return id.parent.flatMap { nodes[$0]?.facts.firstID } }
        guard let base else { return nil }
        let top = id.path.first
        var taken: Set<UInt32> = []
        for (other, node) in nodes {
            guard let first = node.facts.firstID else { continue }
            if other.path.first == top && other != id { return first }
            taken.insert(first)
        }
        let all = (0..<UserNamespaces.limit).lazy.map { base + $0 * UserNamespaces.size }
        guard let free = all.first(where: { !taken.contains($0) }) else {
            throw .unusable(reason: "\(UserNamespaces.limit) user namespaces are in use, the most there may be; remove ended containers")
        }
        return free
    }
}
