import ArgumentParser
import MesosMessages

/// `agora inspect`
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show everything that is known of tasks, machines, frameworks, roles or containers, as data.",
        discussion: """
            A name is an id, or the name of a task, a pod, a machine or a framework, or the beginning of an id if only one begins so. \
            What runs is taken before what has ended. The output is a list, also of one.

            EXAMPLE
              agora inspect web
              agora inspect --type node box-1 --output yaml
              agora inspect web | jq '.[0].container.resource_statistics.mem_total_bytes'
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<DataFormat>
    @Option(help: "What it is, if the name says too little.")
    var type: ObjectKind?
    @Argument(help: "Ids, names or beginnings of ids.", completion: LiveNames.all)
    var names: [String]

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let reads = MasterClient(connection: connection, master: endpoint)
                let cluster = try await reads.state()
                let lookup = ObjectLookup(cluster, roles: try await reads.roles())
                let inspection = Inspection(cluster: cluster, schedule: try await reads.maintenanceSchedule(), connection: connection)
                var objects: [NamedObject] = []
                for name in names { objects += try await find(name, lookup, cluster, connection) }
                var described: [DataValue] = []
                for object in objects { described.append(try await inspection.describe(object)) }
                try await output.print(DataValue.list(described)) { _ in "" }
            }
        }
    }

    /// What the master knows of; else a container that an agent has beside those of tasks.
    private func find(
        _ name: String,
        _ lookup: ObjectLookup,
        _ cluster: Mesos_V1_Master_Response.GetState,
        _ connection: Connection
    ) async throws -> [NamedObject] {
        do {
            return try lookup.find(name, type)
        } catch {
            guard case .unknown = error.cause, type == nil || type == .container else { throw error }
            let containers = await containers(of: cluster, connection)
            do {
                return try ObjectLookup(containers).find(name, .container)
            } catch let second {
                if case .ambiguous = second.cause { throw second }
                throw error
            }
        }
    }

    /// All containers of all agents that answer.
    private func containers(of cluster: Mesos_V1_Master_Response.GetState, _ connection: Connection) async -> [NamedObject] {
        let infos = cluster.getAgents.agents.filter(\.active).map(\.agentInfo)
        let nodes = infos.map { ClusterNode(name: $0.hostname, endpoint: Endpoint(of: $0)) }
        let answers = await ClusterNode.ask(nodes) { (node) throws(ClientError) in
            try await AgentClient(connection: connection, agent: node.endpoint).containers()
        }
        var found: [NamedObject] = []
        for (node, result) in answers {
            switch result {
            case .success(let containers): found += containers.map { NamedObject($0.containerID, on: node) }
            case .failure(let error): await Terminal.note("\(node.name): \(error)")
            }
        }
        return found
    }
}
