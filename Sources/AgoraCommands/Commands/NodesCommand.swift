import ArgumentParser
import Cluster
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// `agora nodes`
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "List the machines of the cluster, and what is used of them.",
        discussion: """
            EXAMPLE
              agora nodes
              agora nodes --master 10.0.0.1:5050 --output json
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            let agents = try await Connection.with { connection in
                try await MasterClient(connection: connection, master: endpoint).agents()
            }
            let rows = agents.agents.map(NodeRow.init).sorted { ($0.node, $0.address) < ($1.node, $1.address) }
            switch output.output {
            case .table: await Terminal.print(Self.table(rows).text(isColourful: Terminal.isColourful(.output)))
            case .json: await Terminal.print(try OutputOptions.json(rows))
            }
        }
    }

    private static func table(_ rows: [NodeRow]) -> TextTable {
        var table = TextTable("NODE", "ADDRESS", "STATE", "CPUS", "MEM (MiB)", "DISK (MiB)", "ATTRIBUTES", "AGENT")
        for row in rows {
            table.add(row.node, row.address, row.state, row.use("cpus"), row.use("mem"), row.use("disk"), row.attributeText, row.agentID)
        }
        return table
    }
}

/// A machine as `agora nodes` shows it.
struct NodeRow: Encodable {
    let node: String
    let address: String
    let state: String
    let agentID: String
    /// By resource: processors, or mebibytes.
    let total: [String: Double]
    let used: [String: Double]
    let attributes: [String: String]

    init(_ agent: Mesos_V1_Master_Response.GetAgents.Agent) {
        let info = agent.agentInfo
        node = info.hostname
        address = Endpoint(of: info).description
        state =
            switch (agent.active, agent.deactivated) {
            case (true, _): "active"
            case (false, true): agent.hasDrainInfo ? "\(agent.drainInfo.state)" : "deactivated"
            case (false, false): "away"
            }
        agentID = info.id.value
        total = Self.amounts(agent.totalResources)
        used = Self.amounts(agent.allocatedResources)
        attributes = Dictionary(info.attributes.map { ($0.name, $0.valueText) }) { $0 + "," + $1 }
    }

    private enum CodingKeys: String, CodingKey {
        case node, address, state, total, used, attributes
        case agentID = "agent_id"
    }

    /// "0.5/8": used and all.
    func use(_ name: String) -> String { "\(Self.text(used[name] ?? 0))/\(Self.text(total[name] ?? 0))" }

    var attributeText: String { attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }

    private static func text(_ amount: Double) -> String { (try? Scalar(amount))?.description ?? "\(amount)" }

    private static func amounts(_ messages: [Mesos_V1_Resource]) -> [String: Double] {
        guard let resources = try? Resources(messages) else { return [:] }
        let scalars = resources.names.map { ($0, resources.scalar($0).value) }.filter { $0.1 > 0 }
        return Dictionary(uniqueKeysWithValues: scalars)
    }
}
