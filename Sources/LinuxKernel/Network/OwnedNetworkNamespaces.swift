import Synchronization

/// Network namespaces that belong to user namespaces, each made before it is asked for: what a container with ids of its own had is
/// likely to be asked for again by the next that gets these ids.
///
/// They are held open and stand at no path, so whatever ends this process ends them, too.
public final class OwnedNetworkNamespaces: Sendable {
    private struct State {
        /// At most one for each owner, the longest known first.
        var ready: [(owner: Descriptor, namespace: NetworkNamespace)] = []
        var isClosed = false
    }

    private let size: Int
    private let state = Mutex(State())

    /// - Parameter size: the most that are kept.
    public init(size: Int) {
        self.size = size
    }

    /// One with nothing in it but a loopback interface, which is up, and that nobody else ever had.
    ///
    /// - Parameter owner: the user namespace; whoever comes again for it gives the same descriptor.
    /// - Throws: what clone(2) and unshare(2) say.
    public func take(owner: Descriptor) throws(KernelError) -> NetworkNamespace {
        let ready = state.withLock { state in
            state.ready.firstIndex { $0.owner === owner }.map { state.ready.remove(at: $0).namespace }
        }
        // Nothing is lost without a thread but time: whoever takes the next makes it.
        defer { try? KernelThread.start(name: "network-maker") { [self] in makeAnother(owner) } }
        return if let ready { ready } else { try NetworkNamespace(owner: owner) }
    }

    /// Lets go of those that are kept; no more are made in advance.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.ready = []
        }
    }

    private func makeAnother(_ owner: Descriptor) {
        let isWanted = state.withLock { state in !state.isClosed && !state.ready.contains { $0.owner === owner } }
        guard isWanted, let namespace = try? NetworkNamespace(owner: owner) else { return }
        state.withLock { state in
            guard !state.isClosed, !state.ready.contains(where: { $0.owner === owner }) else { return }
            state.ready.append((owner, namespace))
            if state.ready.count > size { state.ready.removeFirst() }
        }
    }
}
