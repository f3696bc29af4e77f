import Cluster
import Containers
import Synchronization

/// Tells of the ends of containers those who are attached to them, for as long as they are: one wait for a container,
/// however many come and go.
final class ContainerEnds: Sendable {
    typealias Action = @Sendable () -> Void

    private struct State {
        var actions: [ContainerID: [UInt64: Action]] = [:]
        var awaited: Set<ContainerID> = []
        var next: UInt64 = 0
    }

    /// What was asked to be told, until it is taken back.
    struct Token: Sendable {
        fileprivate let id: ContainerID
        fileprivate let number: UInt64
    }

    private let containerizer: Containerizer
    private let state = Mutex(State())

    init(_ containerizer: Containerizer) {
        self.containerizer = containerizer
    }

    /// Has something done once the container has ended, or is not there.
    func tell(of id: ContainerID, _ action: @escaping Action) -> Token {
        let (number, isFirst) = state.withLock { state in
            state.next += 1
            state.actions[id, default: [:]][state.next] = action
            return (state.next, state.awaited.insert(id).inserted)
        }
        if isFirst { Task { await wait(for: id) } }
        return Token(id: id, number: number)
    }

    /// Takes a wish back; one that was fulfilled is taken back already.
    func forget(_ token: Token) {
        state.withLock { state in
            state.actions[token.id]?[token.number] = nil
            if state.actions[token.id]?.isEmpty == true { state.actions[token.id] = nil }
        }
    }

    private func wait(for id: ContainerID) async {
        _ = try? await containerizer.wait(id)
        let actions = state.withLock { state in
            state.awaited.remove(id)
            return state.actions.removeValue(forKey: id)
        }
        for action in (actions ?? [:]).values { action() }
    }
}
