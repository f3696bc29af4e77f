import MesosMessages

/// Asks all agents for a task that the master knows no more: it keeps some ended tasks, and none when it starts again.
struct ForgottenTasks: Sendable {
    /// Agents that are asked at a time.
    private static let atOnce = 64

    /// The id of the task.
    let name: String
    let connection: Connection

    /// The newest end on each machine, the newest of them first. Machines that do not answer are left out.
    func find(on agents: [Mesos_V1_Master_Response.GetAgents.Agent]) async -> [(node: String, end: EndedTask)] {
        let found = await withTaskGroup(of: (node: String, end: EndedTask)?.self) { group in
            var found: [(node: String, end: EndedTask)] = []
            for (index, agent) in agents.enumerated() {
                if index >= Self.atOnce, let next = await group.next(), let end = next { found.append(end) }
                group.addTask { await ask(agent.agentInfo) }
            }
            for await next in group { if let next { found.append(next) } }
            return found
        }
        return found.sorted { $0.end.ended > $1.end.ended }
    }

    private func ask(_ info: Mesos_V1_AgentInfo) async -> (node: String, end: EndedTask)? {
        let client = AgentClient(connection: connection, agent: Endpoint(of: info))
        return (try? await client.endedTasks(name, of: nil).first).flatMap { $0 }.map { (info.hostname, $0) }
    }
}
