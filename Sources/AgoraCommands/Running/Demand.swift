import Cluster
import MesosAPI
import MesosMessages

/// The resources that a pod needs, and how they are taken from an offer.
struct Demand {
    private let executor: [Mesos_V1_Resource]
    private let tasks: [[Mesos_V1_Resource]]

    init(executor: [Mesos_V1_Resource], tasks: [[Mesos_V1_Resource]]) {
        self.executor = executor
        self.tasks = tasks
    }

    /// What each part of a pod gets of an offer.
    struct Share {
        var executor: [Mesos_V1_Resource]
        var tasks: [[Mesos_V1_Resource]]
    }

    /// All of it, for messages: `cpus:0.11; mem:64`.
    func total() throws(ResourcesError) -> Resources {
        try Resources(executor + tasks.joined())
    }

    /// What each part gets of the offered resources; nothing if they do not suffice.
    func share(of offered: Resources) throws(ResourcesError) -> Share? {
        var pool = ResourcePool(offered)
        guard let executor = pool.take(try Resources(executor)) else { return nil }
        var share = Share(executor: executor.messages, tasks: [])
        for task in tasks {
            guard let taken = pool.take(try Resources(task)) else { return nil }
            share.tasks.append(taken.messages)
        }
        return share
    }
}

/// Offered resources of which one part after the other is taken.
///
/// Who asks for `cpus:1` does not care whether it is reserved for the role; the offer's pieces say so, and what is taken
/// must say the same. Reserved pieces go first, so that the free ones stay for others.
struct ResourcePool {
    private var left: Resources

    init(_ offered: Resources) { left = offered }

    /// Takes all of `wanted`, or nothing.
    mutating func take(_ wanted: Resources) -> Resources? {
        var pool = self
        var taken = Resources.empty
        for item in wanted.unallocated().items {
            guard let pieces = pool.take(item) else { return nil }
            taken += pieces
        }
        self = pool
        return taken
    }

    private mutating func take(_ wanted: Resource) -> Resources? {
        if wanted.metadata.isNone, case .scalar(let amount) = wanted.value { return take(amount, of: wanted.name) }
        let candidates = left.items.filter { piece in
            piece.name == wanted.name && (wanted.metadata.isNone ? isOrdinary(piece) : isAlike(piece, wanted))
        }
        for candidate in candidates {
            let exact = Resources([Resource(wanted.name, wanted.value, metadata: candidate.metadata)])
            guard left.contains(exact) else { continue }
            left -= exact
            return exact
        }
        return nil
    }

    private mutating func take(_ amount: Scalar, of name: String) -> Resources? {
        var missing = amount
        var taken = Resources.empty
        let ordinary = left.items.filter { $0.name == name && isOrdinary($0) }
        for piece in ordinary.filter(\.isReserved) + ordinary.filter({ !$0.isReserved }) where missing > .zero {
            guard case .scalar(let there) = piece.value else { continue }
            let part = Resources([Resource(name, .scalar(min(there, missing)), metadata: piece.metadata)])
            taken += part
            left -= part
            missing -= there
        }
        return missing == .zero ? taken : nil
    }

    /// Whether a piece can be used by who asked for nothing special.
    private func isOrdinary(_ piece: Resource) -> Bool {
        piece.metadata.disk == nil && !piece.metadata.isRevocable && !piece.metadata.isShared
    }

    /// Whether a piece is what was asked for but for the role that it was given to.
    private func isAlike(_ piece: Resource, _ wanted: Resource) -> Bool {
        Resources([Resource(piece.name, wanted.value, metadata: piece.metadata)]).unallocated()
            == Resources([wanted]).unallocated()
    }
}
