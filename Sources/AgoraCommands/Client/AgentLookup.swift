import MesosMessages

/// Finds agents by what people call them: the machine's name, its address, or the agent's id.
enum AgentLookup {
    typealias Agent = Mesos_V1_Master_Response.GetAgents.Agent

    /// The agents of these names, in their order; a name that several have means none of them.
    static func find(_ names: [String], among agents: [Agent]) throws -> [Agent] {
        var found: [Agent] = []
        for name in names {
            let meant = agents.filter { isMeant($0.agentInfo, by: name) }
            guard let agent = meant.first else {
                throw NodeLookupError(name: name, nearest: Nearest.names(to: name, among: agents.map(\.agentInfo.hostname)))
            }
            guard meant.count == 1 else { throw Ambiguous(name: name, ids: meant.map(\.agentInfo.id.value).sorted()) }
            if !found.contains(where: { $0.agentInfo.id == agent.agentInfo.id }) { found.append(agent) }
        }
        return found
    }

    static func isMeant(_ info: Mesos_V1_AgentInfo, by name: String) -> Bool {
        info.id.value == name || info.hostname == name || Endpoint(of: info).description == name
    }

    /// A name that says too little.
    struct Ambiguous: Error, CustomStringConvertible {
        let name: String
        let ids: [String]

        var description: String {
            "\"\(name.clipped)\" is the name of \(ids.count) machines; name one by its id: \(ids.joined(separator: ", "))"
        }
    }
}
