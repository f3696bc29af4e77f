import Foundation
import MesosMessages
import ServiceLifecycle

/// Welcomes the user of `agora local`: waits until the machine is there, runs a pod if asked to, says where to look.
struct LocalGuide: Service {
    /// Time for the agent to register.
    static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(50)

    let master: Endpoint
    let agent: Endpoint
    let workDirectory: String
    /// A pod to run, and the file it comes from.
    let pod: PodLaunch?
    /// An element for each time the user wants to end.
    let interrupts: AsyncStream<Void>

    func run() async throws {
        try await Connection.with { connection in
            guard try await isMachineThere(connection) else { return }
            if let pod { try await run(pod, connection) }
            guard !Task.isShuttingDownGracefully else { return }
            await Terminal.print(guide)
            try? await gracefulShutdown()
        }
    }

    /// - Returns: false if the user ended it before.
    private func isMachineThere(_ connection: Connection) async throws -> Bool {
        let client = MasterClient(connection: connection, master: master)
        let deadline = ContinuousClock.now + Self.patience
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                if try await !client.agents().agents.isEmpty { return true }
            } catch  where ContinuousClock.now > deadline {
                throw error
            } catch {
                // Not up yet.
            }
            guard ContinuousClock.now < deadline else {
                throw LocalError("the agent at \(agent) did not register with the master within \(Self.patience); try --log-level info")
            }
            try await Task.sleep(for: Self.pause)
        }
        return false
    }

    private func run(_ pod: PodLaunch, _ connection: Connection) async throws {
        for note in pod.notes { await Terminal.note(note) }
        let runner = PodRunner(connection: connection, master: master, options: PodRunOptions(), note: { await Terminal.note($0) })
        switch try await runner.run(pod, interrupts: interrupts) {
        case .exited(let status): await Terminal.note("pod \(pod.name) ended with status \(status)")
        case .failed(let reason): await Terminal.note("pod \(pod.name) could not be run: \(reason)")
        case .interrupted, .detached: break
        }
    }

    private var guide: String {
        let program = CommandLine.arguments.first ?? "agora"
        let place = master == Endpoint(host: "127.0.0.1", port: Endpoint.masterPort) ? "" : " --master \(master)"
        return """

            A cluster of one machine is running; Ctrl-C ends it and everything in it.
              page     \(master.url("/"))
              master   \(master.url("/state"))
              agent    \(agent.url("/state"))
              metrics  \(master.url("/metrics"))
              files    \(workDirectory)
            In another terminal:
              \(program) run\(place) -- sh -c 'echo hello from $(hostname)'
              \(program) ps\(place) --all
              \(program) nodes\(place)
            """
    }
}

/// Why `agora local` does not work.
struct LocalError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
