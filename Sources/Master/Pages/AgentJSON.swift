import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

extension JSONWriter {
    /// What `/state`, `/state-summary` and `/slaves` say alike of an agent.
    mutating func agent(_ agent: AgentEntry, _ state: ClusterState, _ usage: ClusterUsage) {
        field("id", agent.id.value)
        field("hostname", agent.info.hostname)
        field("port", Int(agent.info.port))
        field("pid", agent.processAddress)
        field("version", agent.version)
        field("active", state.isActive(agent))
        field("deactivated", state.services[agent.id] != nil)
        if let drain = state.services[agent.id]?.drain {
            field("drain_info", json: MesosJSON.encode(drain.message))
            field("estimated_drain_start_time", drain.started.seconds)
        }
        field("registered_time", agent.registered.seconds)
        if let moment = agent.reregistered { field("reregistered_time", moment.seconds) }
        object("attributes") { $0.attributes(agent.info.attributes) }
        if agent.info.hasDomain { field("domain", json: MesosJSON.encode(agent.info.domain)) }
        strings("capabilities", agent.capabilities.map { $0.type.name })
        resources("resources", agent.total)
        resources("used_resources", usage.allocatedByAgent[agent.id, default: .empty])
        resources("offered_resources", usage.offeredByAgent[agent.id, default: .empty])
        resources("unreserved_resources", agent.total.unreserved)
        reservedResources("reserved_resources", agent.total)
    }

    /// What `/slaves` says beyond: the resources as the API has them, with all that belongs to each.
    mutating func fullResources(of agent: AgentEntry, _ usage: ClusterUsage) {
        let reserved = agent.total.reserved
        object("reserved_resources_full") { writer in
            for role in agent.reservationRoles { writer.full(role.value, reserved.reserved(for: role)) }
        }
        full("unreserved_resources_full", agent.total.unreserved)
        full("used_resources_full", usage.allocatedByAgent[agent.id, default: .empty])
        full("offered_resources_full", usage.offeredByAgent[agent.id, default: .empty])
    }

    /// `"recovered_slaves": […]`: those that have not come back since the master's restart.
    mutating func recoveredAgents(_ state: ClusterState, only: AgentID?) {
        let agents = state.recoveredAgents.filter { only == nil || $0.key == only }.sorted { $0.key < $1.key }
        array("recovered_slaves", agents) { $0.recoveredAgent($1.value.info) }
    }

    private mutating func recoveredAgent(_ info: Mesos_V1_AgentInfo) {
        object { writer in
            writer.field("id", info.id.value)
            writer.field("hostname", info.hostname)
            writer.field("port", Int(info.port))
            writer.object("attributes") { $0.attributes(info.attributes) }
            if let resources = try? Resources(info.resources) { writer.resources("resources", resources) }
        }
    }

    private mutating func full(_ name: String, _ resources: Resources) {
        array(name, resources.shown) { $0.element(json: MesosJSON.encode($1)) }
    }

    private mutating func attributes(_ attributes: [Mesos_V1_Attribute]) {
        for attribute in attributes {
            switch attribute.type {
            case .scalar: field(attribute.name, attribute.scalar.value)
            case .text: field(attribute.name, attribute.text.value)
            case .ranges:
                field(attribute.name, "[" + attribute.ranges.range.map { "\($0.begin)-\($0.end)" }.joined(separator: ", ") + "]")
            case .set: field(attribute.name, "{" + attribute.set.item.joined(separator: ", ") + "}")
            }
        }
    }
}

extension AgentEntry {
    /// The roles that something of the agent is reserved for, by name.
    var reservationRoles: [RoleName] { Set(total.reserved.items.compactMap(\.metadata.reservationRole)).sorted() }
}
