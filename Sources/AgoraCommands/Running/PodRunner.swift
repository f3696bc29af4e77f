import Cluster
import MesosMessages

/// Does what a ``PodRun`` decides: talks to the master, shows output and notes, and leaves nothing behind.
struct PodRunner: Sendable {
    /// Events that may wait to be looked at.
    static let maximumWaitingInputs = 10_000
    /// Time without an offer after which the user is told what the pod waits for.
    static let quietWait = Duration.milliseconds(600)
    /// Time after which the user is told again, if something else is missing then.
    static let nextWait = Duration.seconds(10)
    /// Pauses between attempts to reach a master that was lost.
    static let reconnectPauses = (first: Duration.milliseconds(250), longest: Duration.seconds(4))

    let connection: Connection
    let master: Endpoint
    let options: PodRunOptions
    /// Shows how images come; nothing: nobody looks.
    var pulls: PullDisplay?
    /// Hands a line to the user.
    let note: @Sendable (String) async -> Void

    /// What comes to the loop.
    enum Input: Sendable {
        case opened(streamID: String)
        case event(Mesos_V1_Scheduler_Event)
        case lost(ClientError?)
        case waited
        case interrupted
    }

    /// Runs the pod to its end.
    ///
    /// - Parameter interrupts: an element for each time the user wants it to end.
    /// - Throws: why there was no master to run it, if there was none.
    func run(_ launch: PodLaunch, interrupts: some AsyncSequence<Void, Never> & Sendable) async throws(ClientError) -> PodOutcome {
        let (inputs, continuation) = AsyncStream.makeStream(of: Input.self, bufferingPolicy: .bufferingOldest(Self.maximumWaitingInputs))
        let listener = Task {
            for await _ in interrupts { continuation.yield(.interrupted) }
        }
        let timer = Task {
            try await Task.sleep(for: Self.quietWait)
            while true {
                continuation.yield(.waited)
                try await Task.sleep(for: Self.nextWait)
            }
        }
        let outputs = OutputStreams(names: launch.tasks.map(\.name), beforeWriting: { await pulls?.leave() }) {
            continuation.yield(.interrupted)
        }
        let run = PodRun(launch, options: options, makeSuffix: Self.suffix)
        var session = PodSession(runner: self, run: run, outputs: outputs, inputs: continuation)
        defer {
            listener.cancel()
            timer.cancel()
            continuation.finish()
        }
        return try await session.serve(inputs)
    }

    /// Five letters that are easy to tell apart, as Kubernetes takes them.
    static func suffix() -> String {
        String((0..<5).compactMap { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() })
    }
}
