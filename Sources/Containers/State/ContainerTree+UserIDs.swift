import Cluster
import LinuxKernel

extension ContainerTree {
    /// How a container gets into a user namespace.
    struct Mapping: Sendable {
        /// The lowest id that is given to anybody.
        var base: UInt32
        /// Whether only those in a network of their own, or of a container around them, do: ports below 1024 of the machine's
        /// network are not for the root of a user namespace.
        var needsOwnNetwork: Bool
    }

    /// The first of the ids that a new container gets.
    ///
    /// All inside one container at the top that have a user namespace have the same ids, so that their programs may signal
    /// each other and files they share in memory belong to the same users. No two at the top have the same.
    ///
    /// - Parameter mapping: nothing: it gets none, unless it lives in its parent's root.
    /// - Throws: ``ContainerError/unusable(reason:)`` when all are given away.
    func firstID(for id: ContainerID, _ facts: ContainerFacts, _ mapping: Mapping?) throws(ContainerError) -> UInt32? {
        guard facts.hasImageRoot else { return nil }
        // In its parent's root, files belong to the parent's users.
        if !facts.hasOwnRoot { return id.parent.flatMap { nodes[$0]?.facts.firstID } }
        guard let mapping else { return nil }
        let isInOwnNetwork = facts.hasOwnNetwork || id.parent.flatMap { nearest($0, where: \.hasOwnNetwork) } != nil
        guard isInOwnNetwork || !mapping.needsOwnNetwork else { return nil }
        let top = id.path.first
        var taken: Set<UInt32> = []
        for (other, node) in nodes {
            guard let first = node.facts.firstID else { continue }
            if other.path.first == top && other != id { return first }
            taken.insert(first)
        }
        let all = (0..<UserNamespaces.limit).lazy.map { mapping.base + $0 * UserNamespaces.size }
        guard let free = all.first(where: { !taken.contains($0) }) else {
            throw .unusable(reason: "\(UserNamespaces.limit) user namespaces are in use, the most there may be; remove ended containers")
        }
        return free
    }
}
