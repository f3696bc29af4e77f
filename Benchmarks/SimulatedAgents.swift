import MesosAPI
import MesosMessages
import NIOCore
import NIOPosix
import SwiftProtobuf
import Synchronization

/// Agents that speak the real link to the master over HTTP but run nothing: a task they are given is at once running.
final class SimulatedAgents: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let port: Int
    private let lines: CallLines
    private let all = Mutex<[SimulatedAgent]>([])

    /// - Parameter callConnections: how many connections all agents share for what they have to say; without it each has its own,
    ///   besides that of its stream.
    init(port: Int, callConnections: Int? = nil) {
        self.port = port
        lines = CallLines(group.any(), port: port, count: callConnections)
    }

    /// Has so many new agents registered while the body runs.
    static func run(
        port: Int,
        count: Int,
        callConnections: Int? = nil,
        _ body: (SimulatedAgents) async throws -> Void
    ) async throws {
        let agents = SimulatedAgents(port: port, callConnections: callConnections)
        do {
            _ = try await agents.subscribe(count: count) { subscription(of: $0) }
            try await body(agents)
        } catch {
            await agents.close()
            throw error
        }
        await agents.close()
    }

    /// Subscribes agents, some hundreds at a time, and gives the ids that the master gave them, in order.
    func subscribe(count: Int, _ call: @escaping @Sendable (Int) -> Agora_V1_AgentCall) async throws -> [Mesos_V1_AgentID] {
        var ids = [Mesos_V1_AgentID](repeating: .init(), count: count)
        try await withThrowingTaskGroup(of: (Int, Mesos_V1_AgentID).self) { tasks in
            for number in 0..<count {
                if number >= 512, let (done, id) = try await tasks.next() { ids[done] = id }
                // One address has too few ports for all of them.
                let agent = SimulatedAgent(group.any(), port: port, address: "127.0.1.\(1 + number % 4)", lines: lines)
                all.withLock { $0.append(agent) }
                tasks.addTask { (number, try await agent.subscribe(call(number)).get()) }
            }
            for try await (done, id) in tasks { ids[done] = id }
        }
        return ids
    }

    /// Has agents say something new of their tasks, one update after the other, so many in each second until the time is over.
    func update(perSecond rate: Int, for time: Duration) async throws {
        let agents = all.withLock { $0 }
        let begin = ContinuousClock.now
        var sent = 0
        while case let elapsed = ContinuousClock.now - begin, elapsed < time {
            // As many as are due: a clock that oversleeps makes no fewer updates.
            while Double(sent) < elapsed.seconds * Double(rate) {
                agents[sent % agents.count].updateNextTask()
                sent += 1
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Closes all connections.
    func close() async {
        try? await group.any().submit { [lines] in lines.end() }.get()
        try? await group.shutdownGracefully()
    }

    /// How a new agent subscribes.
    static func subscription(of number: Int) -> Agora_V1_AgentCall {
        .with {
            $0.type = .subscribe
            $0.subscribe.version = "1.12.0"
            $0.subscribe.agent.hostname = "simulated-\(number)"
            $0.subscribe.agent.port = 5051
            $0.subscribe.agent.resources = [scalar("cpus", 16), scalar("mem", 65_536), scalar("disk", 100_000)]
        }
    }
}

/// An unreserved scalar resource.
func scalar(_ name: String, _ value: Double) -> Mesos_V1_Resource {
    .with {
        $0.name = name
        $0.type = .scalar
        $0.scalar.value = value
    }
}
