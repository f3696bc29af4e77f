import AgentCore
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// The older `/state` of an agent, with the keys of Mesos.
struct AgentStateJSON {
    let view: AgentView
    private var facts: AgentFacts { view.facts }

    init(_ view: AgentView) {
        self.view = view
    }

    func encode() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            AgentFacts.version(&writer)
            describe(&writer)
            resources(&writer)
            writer.object("flags") { writer in
                for (name, value) in facts.flags { writer.field(name, value) }
            }
            writer.strings("resource_providers", [String]())
            writer.array("frameworks", view.core.frameworks.sorted { $0.key < $1.key }) { framework($1.value.info, &$0) }
            writer.array("completed_frameworks", view.core.history.frameworks) { framework($1, &$0) }
        }
        return writer.bytes
    }

    private func describe(_ writer: inout JSONWriter) {
        let info = view.core.info
        writer.field("id", info.id.value)
        writer.field("pid", "slave(1)@\(facts.endpoint)")
        writer.field("hostname", info.hostname)
        writer.field("start_time", facts.started.seconds)
        if let master = view.core.masterInfo { writer.field("master_hostname", master.hostname) }
        writer.strings("capabilities", AgentCoreConfiguration.capabilities.map(\.name))
        writer.object("attributes") { writer in
            for attribute in info.attributes { writer.attribute(attribute) }
        }
        if info.hasDomain { writer.field("domain", json: MesosJSON.encode(info.domain)) }
        guard let drain = view.core.drain else { return }
        writer.field("drain_config", json: MesosJSON.encode(drain.config))
        writer.field("estimated_drain_start_time_seconds", Double(drain.started.nanoseconds / 1_000_000_000))
    }

    private func resources(_ writer: inout JSONWriter) {
        let total = facts.resources
        let used = view.allocated
        writer.resources("resources", total)
        writer.reservedResources("reserved_resources", total)
        writer.reservedResources("reserved_resources_allocated", used)
        writer.resources("unreserved_resources", total.unreserved)
        writer.resources("unreserved_resources_allocated", used.unreserved)
        writer.object("reserved_resources_full") { writer in
            let reserved = total.reserved
            for role in Set(reserved.items.compactMap(\.metadata.reservationRole)).sorted() {
                writer.full(role.value, reserved.reserved(for: role))
            }
        }
        writer.full("unreserved_resources_full", total.unreserved)
    }

    private func framework(_ info: Mesos_V1_FrameworkInfo, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", info.id.value)
            writer.field("name", info.name)
            writer.field("user", info.user)
            writer.field("failover_timeout", info.failoverTimeout)
            writer.field("checkpoint", info.checkpoint)
            writer.field("hostname", info.hostname)
            if info.roles.isEmpty { writer.field("role", info.role) } else { writer.strings("roles", info.roles) }
            let id = FrameworkID(info.id.value)
            writer.array("executors", view.executors.filter { $0.key.framework == id }) { executor($1, &$0) }
            let completed = view.core.history.executors.filter { $0.stored.key.framework == id }
            writer.array("completed_executors", completed) { writer, completed in
                writer.object { writer in
                    describe(completed.stored, used: .empty, &writer)
                    writer.strings("tasks", [String]())
                    writer.strings("queued_tasks", [String]())
                    completedTasks(of: completed.stored.key, &writer)
                }
            }
        }
    }

    private func executor(_ executor: ExecutorRecord, _ writer: inout JSONWriter) {
        let tasks = view.tasks(of: executor)
        writer.object { writer in
            describe(executor.stored, used: view.used(by: executor), &writer)
            writer.array("tasks", tasks.filter { $0.phase != .waiting }.map(\.message)) { $0.task($1) }
            writer.array("queued_tasks", tasks.filter { $0.phase == .waiting }.map(\.message)) { $0.task($1) }
            completedTasks(of: executor.key, &writer)
        }
    }

    private func completedTasks(of key: ExecutorKey, _ writer: inout JSONWriter) {
        writer.array("completed_tasks", view.core.history.tasks.filter { $0.executor == key }) { $0.task($1.task) }
    }

    private func describe(_ executor: StoredExecutor, used: Resources, _ writer: inout JSONWriter) {
        writer.field("id", executor.key.executor.value)
        writer.field("name", executor.info.name)
        writer.field("source", executor.info.source)
        writer.field("container", executor.container.value)
        writer.field("directory", executor.sandbox)
        writer.resources("resources", used)
        if let role = ((try? Resources(executor.info.resources)) ?? .empty).allocationRoles.first { writer.field("role", role.value) }
        if executor.kind != .command { writer.field("type", executor.kind == .custom ? "CUSTOM" : "DEFAULT") }
    }
}

extension AgentView {
    /// What executors and their tasks hold.
    var allocated: Resources {
        executors.reduce(into: Resources.empty) { $0 += used(by: $1) }
    }

    /// What an executor and its tasks that run hold; the executor of a single task holds nothing itself.
    func used(by executor: ExecutorRecord) -> Resources {
        var messages = executor.stored.kind != .command ? executor.stored.info.resources : []
        for task in tasks(of: executor) where task.phase != .ended { messages += task.stored.info.resources }
        return (try? Resources(messages)) ?? .empty
    }
}

extension JSONWriter {
    /// Each resource as the API shows it, with the role of the older API if none is reserved.
    fileprivate mutating func full(_ name: String, _ resources: Resources) {
        array(name, resources.messages) { writer, message in
            var message = message
            if message.reservations.isEmpty { message.role = "*" }
            writer.element(json: MesosJSON.encode(message))
        }
    }

    fileprivate mutating func attribute(_ attribute: Mesos_V1_Attribute) {
        switch attribute.type {
        case .scalar: field(attribute.name, attribute.scalar.value)
        case .text: field(attribute.name, attribute.text.value)
        case .ranges:
            field(attribute.name, "[" + attribute.ranges.range.map { "\($0.begin)-\($0.end)" }.joined(separator: ", ") + "]")
        case .set: field(attribute.name, "{" + attribute.set.item.joined(separator: ", ") + "}")
        }
    }

    fileprivate mutating func task(_ task: Mesos_V1_Task) {
        let resources = (try? Resources(task.resources)) ?? .empty
        object { writer in
            writer.field("id", task.taskID.value)
            writer.field("name", task.name)
            writer.field("framework_id", task.frameworkID.value)
            writer.field("executor_id", task.executorID.value)
            writer.field("slave_id", task.agentID.value)
            writer.field("state", task.state.name)
            writer.resources("resources", resources)
            if let role = resources.allocationRoles.first { writer.field("role", role.value) }
            writer.array("statuses", task.statuses) { $0.status($1) }
        }
    }

    private mutating func status(_ status: Mesos_V1_TaskStatus) {
        object { writer in
            writer.field("state", status.state.name)
            writer.field("timestamp", status.timestamp)
            if status.hasHealthy { writer.field("healthy", status.healthy) }
            guard status.hasContainerStatus else { return }
            var container = status.containerStatus
            container.clearExecutorPid()
            writer.field("container_status", json: MesosJSON.encode(container))
        }
    }
}
