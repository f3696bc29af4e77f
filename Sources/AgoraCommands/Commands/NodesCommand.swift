import ArgumentParser
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
              agora nodes --watch --output wide
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TableFormat>
    @OptionGroup var watching: WatchOptions

    func run() async throws {
        try await watching.list(output, from: master) { client in
            try await client.agents().agents.map(NodeRow.init).sorted { ($0.node, $0.address) < ($1.node, $1.address) }
        } table: {
            Self.table($0)
        }
    }

    private static func table(_ rows: [NodeRow]) -> TextTable {
        var table = TextTable(
            "NODE",
            "ADDRESS",
            "STATE",
            "CPUS",
            "MEM (MiB)",
            "ATTRIBUTES",
            .wide("DISK (MiB)"),
            .wide("GPUS"),
            .wide("OFFERED CPUS"),
            .wide("PLACE"),
            .wide("REGISTERED"),
            .wide("VERSION"),
            .wide("AGENT")
        )
        for row in rows {
            table.add(
                row.node,
                row.address,
                row.state,
                row.use("cpus"),
                row.use("mem"),
                row.attributeText,
                row.use("disk"),
                row.use("gpus"),
                ResourceAmounts.text(row.offered["cpus"]),
                row.place ?? "-",
                Age.text(since: row.registered),
                row.version,
                row.agentID
            )
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
    let offered: [String: Double]
    let attributes: [String: String]
    /// Region and zone, as "eu/eu-1".
    let place: String?
    /// Seconds since 1970.
    let registered: Double?
    let version: String

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
        total = ResourceAmounts.scalars(agent.totalResources)
        used = ResourceAmounts.scalars(agent.allocatedResources)
        offered = ResourceAmounts.scalars(agent.offeredResources)
        attributes = Dictionary(info.attributes.map { ($0.name, $0.valueText) }) { $0 + "," + $1 }
        let domain = info.domain.faultDomain
        place = info.hasDomain ? "\(domain.region.name)/\(domain.zone.name)" : nil
        registered = agent.hasRegisteredTime ? agent.registeredTime.seconds : nil
        version = agent.version
    }

    private enum CodingKeys: String, CodingKey {
        case node, address, state, total, used, offered, attributes, place, registered, version
        case agentID = "agent_id"
    }

    /// "0.5/8": used and all.
    func use(_ name: String) -> String { "\(ResourceAmounts.text(used[name]))/\(ResourceAmounts.text(total[name]))" }

    var attributeText: String { attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}
