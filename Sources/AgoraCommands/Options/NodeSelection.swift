import ArgumentParser
import MesosMessages

/// Which machines a command is about: all of the master's, some of them, or one agent without a master.
struct NodeSelection: ParsableArguments {
    @OptionGroup var master: MasterOptions
    @Option(
        help: ArgumentHelp("Only this machine, by its name, its address or its agent's id; may be repeated.", valueName: "node"),
        completion: LiveNames.nodes
    )
    var node: [String] = []
    @Option(help: ArgumentHelp("Ask this agent itself instead of the master's.", valueName: "host:port"))
    var agent: String?

    func validate() throws {
        guard let agent else { return }
        guard node.isEmpty else { throw ValidationError("--agent names one machine, --node some of the master's; one of them is allowed.") }
        guard Endpoint(parsing: agent, defaultPort: Endpoint.agentPort) != nil else {
            throw ValidationError("--agent: \"\(agent.clipped)\" is no address; write HOST:PORT, as 127.0.0.1:5051")
        }
    }

    /// The machines, by name. Those that are away are left out, unless they are named.
    func nodes(_ connection: Connection) async throws -> [ClusterNode] {
        if let endpoint = agent.flatMap({ Endpoint(parsing: $0, defaultPort: Endpoint.agentPort) }) {
            return [ClusterNode(name: endpoint.description, endpoint: endpoint)]
        }
        let agents = try await MasterClient(connection: connection, master: try master.endpoint).agents().agents
        return try Self.choose(node, from: agents).sorted { ($0.name, $0.endpoint.description) < ($1.name, $1.endpoint.description) }
    }

    static func choose(_ wanted: [String], from agents: [Mesos_V1_Master_Response.GetAgents.Agent]) throws(NodeLookupError) -> [ClusterNode]
    {
        let infos = agents.map(\.agentInfo)
        let isUnique = Set(infos.map(\.hostname)).count == infos.count
        func node(_ info: Mesos_V1_AgentInfo) -> ClusterNode {
            let endpoint = Endpoint(of: info)
            return ClusterNode(name: isUnique ? info.hostname : endpoint.description, endpoint: endpoint)
        }
        guard !wanted.isEmpty else {
            let active = agents.filter(\.active).map { node($0.agentInfo) }
            guard !active.isEmpty else { throw NodeLookupError(name: nil, nearest: []) }
            return active
        }
        var found: [Endpoint: ClusterNode] = [:]
        for name in wanted {
            let meant = infos.filter { AgentLookup.isMeant($0, by: name) }
            guard !meant.isEmpty else { throw NodeLookupError(name: name, nearest: Nearest.names(to: name, among: infos.map(\.hostname))) }
            for info in meant { found[Endpoint(of: info)] = node(info) }
        }
        return Array(found.values)
    }
}

/// A machine whose agent can be asked.
struct ClusterNode: Hashable, Sendable {
    let name: String
    let endpoint: Endpoint

    /// Asks several machines, a few at a time; what each answered, in their order.
    static func ask<Answer: Sendable>(
        _ nodes: [ClusterNode],
        _ question: @escaping @Sendable (ClusterNode) async throws(ClientError) -> Answer
    ) async -> [(node: ClusterNode, result: Result<Answer, ClientError>)] {
        await withTaskGroup(of: (Int, Result<Answer, ClientError>).self) { group in
            var results: [Int: Result<Answer, ClientError>] = [:]
            for (index, node) in nodes.enumerated() {
                if index >= atOnce, let (done, result) = await group.next() { results[done] = result }
                group.addTask {
                    do throws(ClientError) { return (index, .success(try await question(node))) } catch { return (index, .failure(error)) }
                }
            }
            for await (index, result) in group { results[index] = result }
            return nodes.enumerated().compactMap { index, node in results[index].map { (node, $0) } }
        }
    }

    private static let atOnce = 16
}

/// A machine that the master does not have, or no machine at all.
struct NodeLookupError: Error, CustomStringConvertible, Hashable {
    let name: String?
    let nearest: [String]

    var description: String {
        guard let name else { return "no machine of the cluster is there; `agora nodes` lists them" }
        return nearest.isEmpty
            ? "there is no machine \"\(name.clipped)\"; `agora nodes` lists them"
            : "there is no machine \"\(name.clipped)\"; did you mean \(nearest.joined(separator: " or "))?"
    }
}
