import Synchronization

/// The sandboxes in which containers are about to run, by their paths: of those that run, the containerizer tells.
final class SandboxHolds: Sendable {
    private struct State {
        var held: [String: Int] = [:]
        /// Those held at any moment of this round.
        var recent: Set<String> = []
    }

    private let state = Mutex(State())

    /// Keeps a sandbox from being removed as long as `work` lasts; after that, its container is known.
    func hold<Value>(_ path: String, _ work: () async throws -> Value) async rethrows -> Value {
        state.withLock { state in
            state.held[path, default: 0] += 1
            state.recent.insert(path)
        }
        defer {
            state.withLock { state in
                let count = state.held[path, default: 1] - 1
                state.held[path] = count > 0 ? count : nil
            }
        }
        return try await work()
    }

    /// What is held in the round that begins is remembered until the next.
    func beginRound() {
        state.withLock { $0.recent = Set($0.held.keys) }
    }

    /// Takes a sandbox away, unless it was held in this round; nobody begins to hold it meanwhile.
    func unlessHeld(_ path: String, _ take: () -> Void) {
        state.withLock { if !$0.recent.contains(path) { take() } }
    }

    /// Takes a folder above sandboxes away, unless one below it is held; nobody begins to hold one meanwhile.
    func unlessHeld(below path: String, _ take: () -> Void) {
        state.withLock { state in if !state.held.keys.contains(where: { $0.hasPrefix(path + "/") }) { take() } }
    }
}
