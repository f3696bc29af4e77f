import Foundation
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// Everything that is known of things in a cluster, as data.
struct Inspection: Sendable {
    let cluster: Mesos_V1_Master_Response.GetState
    let schedule: Mesos_V1_Maintenance_Schedule
    let connection: Connection

    /// A thing, under `kind` and `id`. What an agent does not tell is left out, with a word to the user.
    func describe(_ object: NamedObject) async throws -> DataValue {
        var fields: [String: DataValue] = ["kind": .text(object.kind.rawValue), "id": .text(object.id)]
        switch object.content {
        case .task(let entry): try await describe(entry, &fields)
        case .node(let agent): try await describe(agent, &fields)
        case .framework(let framework): try describe(framework, &fields)
        case .role(let role): try describe(role, &fields)
        case .container(let id, let node): try await describe(id, node, &fields)
        }
        return .fields(fields)
    }

    private func describe(_ entry: TaskCatalogue.Entry, _ fields: inout [String: DataValue]) async throws {
        fields["summary"] = try DataValue(encoding: TaskDetail(entry))
        fields["task"] = try Self.value(entry.task)
        fields["framework"] = try Self.value(entry.framework)
        if !entry.isActive { fields["exit_code"] = .integer(Int64(entry.task.statuses.last.map { TaskEnd($0).exitCode } ?? 0)) }
        guard let info = entry.agent else { return }
        let node = ClusterNode(name: info.hostname, endpoint: Endpoint(of: info))
        fields["node"] = Self.value(node, info.id)
        if let sandbox = entry.sandbox { fields["sandbox"] = .text(sandbox.directory) }
        guard entry.isActive, let id = entry.container else { return }
        fields["container"] = try await container(id, on: node)
    }

    private func describe(
        _ agent: Mesos_V1_Master_Response.GetAgents.Agent,
        _ fields: inout [String: DataValue]
    ) async throws {
        let info = agent.agentInfo
        fields["summary"] = try DataValue(encoding: NodeRow(agent))
        fields["agent"] = try Self.value(agent)
        fields["tasks"] = tasks { $0.task.agentID == info.id }
        let window = schedule.windows.first { $0.machineIds.contains { $0.hostname.lowercased() == info.hostname.lowercased() } }
        if let window { fields["maintenance"] = try Self.value(window.unavailability) }
        guard agent.active else { return }
        let client = AgentClient(connection: connection, agent: Endpoint(of: info))
        guard let flags = await Self.told({ () throws(ClientError) in try await client.flags() }) else { return }
        fields["flags"] = .fields(Dictionary(flags.map { ($0.name, .text($0.value)) }) { first, _ in first })
    }

    private func describe(
        _ framework: Mesos_V1_Master_Response.GetFrameworks.Framework,
        _ fields: inout [String: DataValue]
    ) throws {
        let id = framework.frameworkInfo.id.value
        if let row = FrameworkRow.rows(cluster).first(where: { $0.frameworkID == id }) { fields["summary"] = try DataValue(encoding: row) }
        fields["framework"] = try Self.value(framework)
        fields["tasks"] = tasks { $0.task.frameworkID.value == id }
    }

    private func describe(_ role: Mesos_V1_Role, _ fields: inout [String: DataValue]) throws {
        fields["role"] = try Self.value(role)
        let names = Dictionary(
            cluster.getFrameworks.frameworks.map { ($0.frameworkInfo.id.value, $0.frameworkInfo.name) }
        ) { first, _ in first }
        fields["frameworks"] = .list(
            role.frameworks.map { .fields(["framework_id": .text($0.value), "name": DataValue(names[$0.value])]) }
        )
    }

    private func describe(
        _ id: Mesos_V1_ContainerID,
        _ node: ClusterNode?,
        _ fields: inout [String: DataValue]
    ) async throws {
        fields["tasks"] = tasks { $0.container == id && $0.isActive }
        guard let node else { return }
        fields["node"] = Self.value(node, nil)
        fields["container"] = try await container(id, on: node)
    }

    /// What its agent tells of a container, with what it uses.
    private func container(_ id: Mesos_V1_ContainerID, on node: ClusterNode) async throws -> DataValue? {
        let client = AgentClient(connection: connection, agent: node.endpoint)
        let containers = await Self.told { () throws(ClientError) in try await client.containers() }
        return try containers?.first { $0.containerID == id }.map { try Self.value($0) }
    }

    /// Tasks in short, those that have ended too.
    private func tasks(_ isWanted: (TaskCatalogue.Entry) -> Bool) -> DataValue {
        .list(
            TaskCatalogue(cluster).entries.filter(isWanted).map {
                .fields(["task": .text($0.id), "state": .text($0.task.state.name), "framework_id": .text($0.task.frameworkID.value)])
            }
        )
    }

    /// What an agent answers; nothing, with a word to the user, if it does not.
    private static func told<Answer: Sendable>(_ question: () async throws(ClientError) -> Answer) async -> Answer? {
        do {
            return try await question()
        } catch {
            await Terminal.note("\(error)")
            return nil
        }
    }

    private static func value(_ message: some Message) throws -> DataValue { try DataValue(json: MesosJSON.encode(message)) }

    private static func value(_ node: ClusterNode, _ agent: Mesos_V1_AgentID?) -> DataValue {
        var fields: [String: DataValue] = ["name": .text(node.name), "address": .text(node.endpoint.description)]
        if let agent { fields["agent_id"] = .text(agent.value) }
        return .fields(fields)
    }
}
