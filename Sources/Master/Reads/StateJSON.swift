import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// The older `/state`: the whole cluster in one JSON object, with the keys of Mesos.
struct StateJSON {
    let state: ClusterState
    let usage: ClusterUsage
    let build: BuildInfo
    let flags: [(name: String, value: String)]

    init(_ reading: StateReading, build: BuildInfo) {
        state = reading.state
        usage = ClusterUsage(reading.state)
        self.build = build
        flags = reading.flags
    }

    /// The whole object.
    func encode() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            build.write(to: &writer)
            writeMaster(&writer)
            writer.object("flags") { writer in
                for flag in flags { writer.field(flag.name, flag.value) }
            }
            writeAgents(&writer)
            writeFrameworks(&writer)
        }
        return writer.bytes
    }

    private func writeMaster(_ writer: inout JSONWriter) {
        let info = state.masterInfo
        writer.field("id", info.id)
        writer.field("pid", info.pid)
        writer.field("hostname", info.hostname)
        writer.field("leader", info.pid)
        writer.object("leader_info") { writer in
            writer.field("id", info.id)
            writer.field("pid", info.pid)
            writer.field("port", Int(info.port))
            writer.field("hostname", info.hostname)
        }
        writer.field("start_time", state.started.seconds)
        writer.field("elected_time", state.started.seconds)
        writer.strings("capabilities", info.capabilities.map { $0.type.name })
        if info.hasDomain { writer.field("domain", json: MesosJSON.encode(info.domain)) }
    }

    private func writeAgents(_ writer: inout JSONWriter) {
        let agents = state.agents.values.sorted { $0.id < $1.id }
        let active = agents.count { $0.stream != nil }
        writer.field("activated_slaves", Double(active))
        writer.field("deactivated_slaves", Double(agents.count - active))
        writer.field("unreachable_slaves", Double(state.unreachableAgents.count))
        writer.array("slaves", agents) { $0.agent($1, usage) }
        writer.array("recovered_slaves", state.recoveredAgents.sorted { $0.key < $1.key }) { $0.recoveredAgent($1.value.info) }
    }

    private func writeFrameworks(_ writer: inout JSONWriter) {
        writer.array("frameworks", state.frameworks.values.sorted { $0.id < $1.id }) { $0.framework($1, state, usage) }
        writer.array("completed_frameworks", state.completedFrameworks.all) { $0.framework($1, state, usage) }
        writer.strings("unregistered_frameworks", [String]())
        writer.strings("orphan_tasks", [String]())
    }
}

extension JSONWriter {
    fileprivate mutating func agent(_ agent: AgentEntry, _ usage: ClusterUsage) {
        object { writer in
            writer.field("id", agent.id.value)
            writer.field("hostname", agent.info.hostname)
            writer.field("port", Int(agent.info.port))
            writer.field("pid", agent.processAddress)
            writer.field("version", agent.version)
            writer.field("active", agent.stream != nil)
            writer.field("deactivated", false)
            writer.field("registered_time", agent.registered.seconds)
            if let moment = agent.reregistered { writer.field("reregistered_time", moment.seconds) }
            writer.object("attributes") { $0.attributes(agent.info.attributes) }
            if agent.info.hasDomain { writer.field("domain", json: MesosJSON.encode(agent.info.domain)) }
            writer.strings("capabilities", agent.capabilities.map { $0.type.name })
            writer.resources("resources", agent.total)
            writer.resources("used_resources", usage.allocatedByAgent[agent.id, default: .empty])
            writer.resources("offered_resources", usage.offeredByAgent[agent.id, default: .empty])
            writer.resources("unreserved_resources", agent.total.unreserved)
            writer.reservedResources("reserved_resources", agent.total)
        }
    }

    fileprivate mutating func recoveredAgent(_ info: Mesos_V1_AgentInfo) {
        object { writer in
            writer.field("id", info.id.value)
            writer.field("hostname", info.hostname)
            writer.field("port", Int(info.port))
            writer.object("attributes") { $0.attributes(info.attributes) }
            if let resources = try? Resources(info.resources) { writer.resources("resources", resources) }
        }
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

    fileprivate mutating func framework(_ framework: FrameworkEntry, _ state: ClusterState, _ usage: ClusterUsage) {
        let used = usage.allocatedByFramework[framework.id, default: .empty]
        let offered = usage.offeredByFramework[framework.id, default: .empty]
        object { writer in
            writer.describe(framework)
            writer.resources("used_resources", used)
            writer.resources("offered_resources", offered)
            writer.resources("resources", used + offered)
            writer.array("tasks", framework.tasks.sorted { $0.key < $1.key }) { $0.task($1.value) }
            writer.array("unreachable_tasks", framework.unreachable.all.sorted { $0.key < $1.key }) { $0.task($1.element) }
            writer.array("completed_tasks", framework.completed.all) { $0.task($1) }
            writer.array("offers", state.offers(of: framework)) { $0.offer($1) }
            writer.array("executors", state.executors(of: framework.id)) { $0.executor($1.entry, on: $1.agent) }
        }
    }

    private mutating func describe(_ framework: FrameworkEntry) {
        let info = framework.info
        field("id", framework.id.value)
        field("name", info.name)
        field("user", info.user)
        if info.hasPrincipal { field("principal", info.principal) }
        field("hostname", info.hostname)
        field("webui_url", info.webuiURL)
        field("failover_timeout", info.failoverTimeout)
        field("checkpoint", info.checkpoint)
        field("active", framework.stream != nil)
        field("connected", framework.stream != nil)
        field("recovered", framework.isRecovered)
        field("registered_time", framework.registered.seconds)
        if let moment = framework.reregistered { field("reregistered_time", moment.seconds) }
        field("unregistered_time", framework.unregistered?.seconds ?? 0)
        strings("capabilities", info.capabilities.map { $0.type.name })
        if framework.capabilities.contains(.multiRole) {
            strings("roles", framework.roles.map(\.value))
        } else {
            field("role", info.role)
        }
        field("offer_constraints", json: MesosJSON.encode(framework.offerConstraints))
    }

    private mutating func offer(_ offer: OfferEntry) {
        object { writer in
            writer.field("id", offer.id.value)
            writer.field("framework_id", offer.framework.value)
            writer.field("slave_id", offer.agent.value)
            writer.object("allocation_info") { $0.field("role", offer.role.value) }
            writer.resources("resources", offer.resources)
        }
    }

    private mutating func executor(_ executor: ExecutorEntry, on agent: AgentID) {
        object { writer in
            writer.field("executor_id", executor.info.executorID.value)
            writer.field("framework_id", executor.info.frameworkID.value)
            writer.field("slave_id", agent.value)
            writer.field("name", executor.info.name)
            writer.field("type", executor.info.type == .default ? "DEFAULT" : "CUSTOM")
            writer.resources("resources", executor.resources)
        }
    }
}
