import CLinuxKernel
import Synchronization

/// A few network namespaces that are made before they are asked for: the kernel takes longer for one than for all else that a
/// container needs.
///
/// None is made before the first is asked for. They are held open and stand at no path, so whatever ends this process ends
/// them, too.
public final class NetworkNamespacePool: Sendable {
    private struct State {
        var ready: [NetworkNamespace] = []
        var isFilling = false
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
    /// - Throws: what unshare(2) says.
    public func take() throws(KernelError) -> NetworkNamespace {
        let ready = state.withLock { $0.ready.popLast() }
        defer { fill() }
        return if let ready { ready } else { try NetworkNamespace() }
    }

    /// Lets go of those that are kept; no more are made in advance.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.ready = []
        }
    }

    private func fill() {
        let isDue = state.withLock { state in
            guard !state.isFilling, !state.isClosed, state.ready.count < size else { return false }
            state.isFilling = true
            return true
        }
        guard isDue else { return }
        do {
            // Whoever makes a namespace is in it from then on; so somebody does it who does nothing else.
            try KernelThread.start(name: "network-maker") { [self] in makeWhatIsMissing() }
        } catch {
            // Nothing is lost but time: whoever takes one makes it.
            state.withLock { $0.isFilling = false }
        }
    }

    private func makeWhatIsMissing() {
        while true {
            let made = try? NetworkNamespace.makeOnThisThread()
            let goesOn = state.withLock { state in
                if let made, !state.isClosed { state.ready.append(made) }
                state.isFilling = made != nil && !state.isClosed && state.ready.count < size
                return state.isFilling
            }
            guard goesOn else { return }
        }
    }
}
