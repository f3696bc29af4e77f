import MesosMessages
import NIOCore

/// Asks master and agents, round by round.
struct TopCollector: Sendable {
    /// How long an agent may take to answer.
    static let patience = TimeAmount.seconds(3)
    /// The master lists its agents, frameworks and tasks again only after so many times as long as it took the last time: for a
    /// large cluster that is work.
    static let restFactor = 10

    let connection: Connection
    let master: MasterClient
    /// Machines that were named; none: all.
    let wanted: [String]
    private var memory: TopMemory
    private var listsAreDue: ContinuousClock.Instant?

    init(connection: Connection, master: Endpoint, nodes: [String], turns: TopMemory.Turns, limit: Int) {
        self.connection = connection
        self.master = MasterClient(connection: connection, master: master)
        wanted = nodes
        memory = TopMemory(turns: turns, limit: limit)
    }

    /// The machines alone, before any agent was asked.
    ///
    /// - Throws: as `round(nested:)`.
    mutating func machines() async throws -> TopCluster {
        try await readLists()
        return memory.cluster
    }

    /// One round of questions, and what is known then.
    ///
    /// - Throws: if the master does not answer, or does not have a machine that was named. Agents that do not answer are part of
    ///   the result.
    mutating func round(nested: Bool) async throws -> TopCluster {
        try await readLists()
        let agents = memory.choose()
        let nodes = agents.map { ClusterNode(name: $0.agentInfo.id.value, endpoint: Endpoint(of: $0.agentInfo)) }
        let connection = connection
        let answers = await ClusterNode.ask(nodes) { node throws(ClientError) in
            try await AgentClient(connection: connection, agent: node.endpoint).containers(nested: nested, within: Self.patience)
        }
        for answer in answers { memory.take(try? answer.result.get().map(ContainerReading.init), of: answer.node.name) }
        return memory.cluster
    }

    private mutating func readLists() async throws {
        let start = ContinuousClock.now
        if let due = listsAreDue, start < due { return }
        let agents = try await master.agents().agents
        let frameworks = try await master.frameworks().frameworks.map(\.frameworkInfo)
        let tasks = try await master.tasks().tasks
        listsAreDue = .now + (.now - start) * Self.restFactor
        memory.update(
            agents: wanted.isEmpty ? agents : try AgentLookup.find(wanted, among: agents),
            names: TaskNames(tasks: tasks, frameworks: frameworks)
        )
    }
}
