import ArgumentParser
import MesosMessages
import SwiftProtobuf

/// `agora drain`
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Empty machines: nothing new is started there, and what runs is ended.",
        discussion: """
            Every task gets SIGTERM and its grace period. The command waits until all ends are acknowledged; it gives up what \
            `agora run --detach` had left running, since nobody else does. `agora undrain` lets the machine be used again.

            EXAMPLE
              agora drain node7
              agora drain node7 --grace 30s
              agora drain node7 --keep-tasks        only start nothing new there
              agora drain node7 --mark-gone         it will not come back
            """
    )

    @OptionGroup var master: MasterOptions
    @Option(
        help: ArgumentHelp("Longest time between SIGTERM and SIGKILL; tasks that give themselves less have less.", valueName: "duration")
    )
    var grace: DurationArgument?
    @Flag(help: "Give the machine up once it is empty: its agent is told to stop, and may not come back.")
    var markGone = false
    @Flag(help: "End nothing: what runs there runs on.")
    var keepTasks = false
    @Flag(help: "Do not wait until the machine is empty.")
    var noWait = false
    @Argument(help: "Machines, by name, address or agent's id; see `agora nodes`.", completion: LiveNames.nodes)
    var nodes: [String]

    func validate() throws {
        guard keepTasks, grace != nil || markGone else { return }
        throw ValidationError("--keep-tasks ends nothing, so --grace and --mark-gone say nothing; leave them out.")
    }

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let reads = MasterClient(connection: connection, master: endpoint)
                let operators = OperatorClient(connection: connection, master: endpoint)
                let agents = try AgentLookup.find(nodes, among: try await reads.agents().agents)
                for agent in agents { try await drain(agent.agentInfo, operators) }
                if !keepTasks, !noWait {
                    for agent in agents { try await waitUntilEmpty(agent.agentInfo, reads, operators) }
                }
                for agent in agents { await Terminal.print(agent.agentInfo.hostname) }
            }
        }
    }

    private func drain(_ agent: Mesos_V1_AgentInfo, _ operators: OperatorClient) async throws(ClientError) {
        try await operators.change(keepTasks ? "deactivate \(agent.hostname)" : "drain \(agent.hostname)") { call in
            guard !keepTasks else {
                call.type = .deactivateAgent
                call.deactivateAgent.agentID = agent.id
                return
            }
            call.type = .drainAgent
            call.drainAgent.agentID = agent.id
            call.drainAgent.markGone = markGone
            if let grace { call.drainAgent.maxGracePeriod = Google_Protobuf_Duration(grace.duration) }
        }
    }

    /// Until it is DRAINED, or not there any more. What keeps it from that is told once it takes some seconds.
    private func waitUntilEmpty(_ agent: Mesos_V1_AgentInfo, _ reads: MasterClient, _ operators: OperatorClient) async throws {
        var nextLook = ContinuousClock.now + .seconds(3)
        var told: String?
        while true {
            let now = try await reads.agents().agents.first { $0.agentInfo.id == agent.id }
            guard let now, now.drainInfo.state == .draining else { return }
            if ContinuousClock.now >= nextLook {
                nextLook += .seconds(3)
                let state = try await reads.state()
                for framework in state.endedRuns(on: agent.id) {
                    await Terminal.note("\(agent.hostname): \(framework.name.printable), left running by `agora run --detach`, has ended")
                    try await operators.tearDown(framework.id.value)
                }
                let remaining = RemainingTasks(of: agent.id, in: state).text
                if let remaining, remaining != told { await Terminal.note("\(agent.hostname): \(remaining)") }
                told = remaining
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

extension Mesos_V1_Master_Response.GetState {
    /// What `agora run --detach` started and has ended there: no scheduler will come to acknowledge it.
    fileprivate func endedRuns(on agent: Mesos_V1_AgentID) -> [Mesos_V1_FrameworkInfo] {
        getFrameworks.frameworks.filter { framework in
            let info = framework.frameworkInfo
            guard info.isOfDetachedRun, !framework.connected else { return false }
            let tasks = getTasks.tasks.filter { $0.frameworkID == info.id }
            return tasks.contains { $0.agentID == agent } && tasks.allSatisfy(\.state.isTerminal)
        }.map(\.frameworkInfo)
    }
}

extension Google_Protobuf_Duration {
    fileprivate init(_ duration: Duration) {
        self.init()
        seconds = duration.components.seconds
        nanos = Int32(duration.components.attoseconds / 1_000_000_000)
    }
}
