import Cluster
import Containers
import LinuxKernel
import MesosAPI
import Synchronization

/// The sessions that run, and the inputs that somebody is attached to.
final class Sessions: Sendable {
    private struct State {
        var open: [ContainerID: OpenSession] = [:]
        var busyInputs: Set<ContainerID> = []
        var events: EventThread?
    }

    /// Tells those who are attached.
    let ends: ContainerEnds
    private let state = Mutex(State())

    init(_ containerizer: Containerizer) {
        ends = ContainerEnds(containerizer)
    }

    /// The thread that waits for input and output; there is none before the first is needed.
    func events() throws(KernelError) -> EventThread {
        let result = state.withLock { state in
            Result { () throws(KernelError) in
                if let events = state.events { return events }
                let events = try EventThread(name: "attached")
                state.events = events
                return events
            }
        }
        return try result.get()
    }

    func add(_ session: OpenSession) {
        state.withLock { $0.open[session.id] = session }
    }

    func remove(_ id: ContainerID) {
        state.withLock { $0.open[id] = nil }
    }

    func session(_ id: ContainerID) -> OpenSession? {
        state.withLock { $0.open[id] }
    }

    /// Takes the input of a container for one client; false if another has it.
    func takeInput(of id: ContainerID) -> Bool {
        state.withLock { $0.busyInputs.insert(id).inserted }
    }

    func releaseInput(of id: ContainerID) {
        state.withLock { _ = $0.busyInputs.remove(id) }
    }

    /// Waits for nothing any more.
    func close() {
        state.withLock { state in
            state.events?.stop()
            state.open = [:]
        }
    }
}
