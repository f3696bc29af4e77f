import MesosMessages

/// What `agora top` knows from one round of questions to the next: whom to ask now, and what the answers come to.
struct TopMemory: Sendable {
    typealias Agent = Mesos_V1_Master_Response.GetAgents.Agent

    /// Which agents are asked where there are more than may be asked in a round.
    enum Turns: Sendable {
        /// One after the other, so that all are asked in the end.
        case all
        /// Those with the most processors allocated, each time.
        case busiest
    }

    /// Rounds that pass before an agent that never answers is asked again, at most.
    static let longestPause = 16

    let turns: Turns
    /// How many are asked in a round, at most.
    let limit: Int

    private struct Known: Sendable {
        var now: [String: ContainerReading] = [:]
        var before: [String: ContainerReading] = [:]
        var failures = 0
        /// The round in which it failed last.
        var failed = 0
    }

    private var agents: [Agent] = []
    private var names = TaskNames()
    private var known: [String: Known] = [:]
    private var round = 0
    private var next = 0

    init(turns: Turns, limit: Int) {
        self.turns = turns
        self.limit = limit
    }

    /// Takes over what the master lists; what was known of agents that are gone is forgotten.
    mutating func update(agents: [Agent], names: TaskNames) {
        self.agents = agents.sorted { ($0.agentInfo.hostname, $0.agentInfo.id.value) < ($1.agentInfo.hostname, $1.agentInfo.id.value) }
        self.names = names
        let there = Set(agents.map(\.agentInfo.id.value))
        known = known.filter { there.contains($0.key) }
    }

    /// The agents to ask in the round that begins now.
    mutating func choose() -> [Agent] {
        round += 1
        let askable = agents.filter(\.active)
        let ready = askable.filter { agent in
            guard let known = known[agent.agentInfo.id.value], known.failures > 0 else { return true }
            return round - known.failed >= min(1 << min(known.failures, 10), Self.longestPause)
        }
        let chosen: [Agent]
        switch turns {
        case _ where ready.count <= limit: chosen = ready
        case .busiest:
            let busiest = ready.map { (agent: $0, cpus: NodeRow($0).used["cpus"] ?? 0) }.sorted { $0.cpus > $1.cpus }
            chosen = busiest.prefix(limit).map(\.agent)
        case .all:
            chosen = (0..<limit).map { ready[(next + $0) % ready.count] }
            next = (next + limit) % ready.count
        }
        return chosen
    }

    /// Takes an agent's answer; nothing: there was none.
    mutating func take(_ readings: [ContainerReading]?, of agentID: String) {
        var known = known[agentID] ?? Known()
        if let readings {
            known.before = known.now
            known.now = Dictionary(readings.map { ($0.container, $0) }) { first, _ in first }
            known.failures = 0
        } else {
            // What it told before is true no more.
            known = Known(failures: known.failures + 1, failed: round)
        }
        self.known[agentID] = known
    }

    /// All of it, as it is shown.
    var cluster: TopCluster {
        var cluster = TopCluster()
        cluster.askable = agents.count { $0.active }
        cluster.asked = min(limit, cluster.askable)
        for agent in agents {
            let id = agent.agentInfo.id.value
            let known = known[id]
            var node = TopNode(agent, answers: known?.failures ?? 0 == 0)
            if let known, known.failures == 0, agent.active {
                let found = containers(of: known, on: TopNode.Identity(name: node.node, agentID: id))
                node.count(found)
                cluster.containers += found
            }
            cluster.nodes.append(node)
        }
        return cluster
    }

    private func containers(of known: Known, on node: TopNode.Identity) -> [TopContainer] {
        known.now.values.sorted { $0.container < $1.container }.map { reading in
            // Of a nested one the agent does not say whose it is: its outermost parent's.
            let outermost = reading.container.split(separator: ".").first.flatMap { known.now[String($0)] }
            return TopContainer(
                reading,
                before: known.before[reading.container],
                task: names.task(of: reading, on: node.agentID),
                framework: names.framework(reading.frameworkID.isEmpty ? outermost?.frameworkID ?? "" : reading.frameworkID),
                node: node
            )
        }
    }
}
