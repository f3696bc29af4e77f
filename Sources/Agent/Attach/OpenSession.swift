import Cluster
import Containers
import LinuxKernel
import MesosMessages
import Synchronization

/// A session that runs: what it writes goes to whoever listens, first of all to the one it was launched for.
final class OpenSession: Sendable {
    let id: ContainerID
    /// Nothing once it is closed.
    private let input: Mutex<Descriptor?>
    let isTerminal: Bool

    private let sources: [(descriptor: Descriptor, kind: OutputRecords.Kind)]
    private let events: EventThread
    private let listeners = Mutex<[OutputRecords]>([])
    private let isDone = Mutex(false)

    /// How much is read at once.
    private static let chunk = 32 << 10

    init(_ id: ContainerID, _ ends: ContainerSession.Ends, events: EventThread) throws(KernelError) {
        self.id = id
        self.events = events
        isTerminal = ends.terminal != nil
        // One descriptor can be watched for one thing at a time.
        input = Mutex(try ends.terminal?.duplicate() ?? ends.input)
        var sources: [(Descriptor, OutputRecords.Kind)] = []
        if let output = ends.terminal ?? ends.output { sources.append((output, .stdout)) }
        if let errors = ends.errors { sources.append((errors, .stderr)) }
        self.sources = sources
    }

    /// Hands on what the session writes, first of all to the one it was launched for, until it writes no more, and calls back before
    /// the listeners are told so.
    func run(for owner: OutputRecords, _ whenOver: () -> Void) async {
        await withTaskGroup { group in
            for source in sources {
                group.addTask { await self.handOn(source.descriptor, source.kind, owner) }
            }
        }
        whenOver()
        let rest = isDone.withLock { isDone in
            isDone = true
            return listeners.withLock { $0 }
        }
        for listener in [owner] + rest { listener.finish() }
    }

    private func handOn(_ descriptor: Descriptor, _ kind: OutputRecords.Kind, _ owner: OutputRecords) async {
        guard let reader = try? StreamReader(descriptor, events: events) else { return }
        while let bytes = try? await reader.read(upTo: Self.chunk) {
            for listener in listeners.withLock({ $0 }) {
                // Who does not keep up is cut off: the session waits only for the one it is for.
                if !listener.send(bytes, kind) { listeners.withLock { $0.removeAll { $0 === listener } } }
            }
            guard owner.send(bytes, kind), await owner.waitForClient() else { return }
        }
    }

    /// One more listener, for what comes from now on.
    func attach(_ listener: OutputRecords) {
        let isOver = isDone.withLock { isDone in
            if !isDone { listeners.withLock { $0.append(listener) } }
            return isDone
        }
        if isOver { listener.finish() }
    }

    /// What its command reads; nothing once it is closed.
    var currentInput: Descriptor? { input.withLock { $0 } }

    func closeInput() {
        guard !isTerminal else { return }
        input.withLock { $0 = nil }
    }
}
