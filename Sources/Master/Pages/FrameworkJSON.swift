import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

extension JSONWriter {
    /// The three lists of `/state` and `/frameworks`.
    ///
    /// - Parameter only: the one framework to show, or all of them.
    mutating func frameworks(_ state: ClusterState, _ usage: ClusterUsage, only: FrameworkID?) {
        let executors = state.executorsByFramework
        let live = state.frameworks.values.filter { only == nil || $0.id == only }.sorted { $0.id < $1.id }
        let over = state.completedFrameworks.all.filter { only == nil || $0.id == only }
        array("frameworks", live) { $0.framework($1, state, usage, executors[$1.id, default: []]) }
        array("completed_frameworks", over) { $0.framework($1, state, usage, []) }
        strings("unregistered_frameworks", [String]())
    }

    private mutating func framework(
        _ framework: FrameworkEntry,
        _ state: ClusterState,
        _ usage: ClusterUsage,
        _ executors: [PlacedExecutor]
    ) {
        let used = usage.allocatedByFramework[framework.id, default: .empty]
        let offered = usage.offeredByFramework[framework.id, default: .empty]
        object { writer in
            writer.describe(framework)
            writer.resources("used_resources", used)
            writer.resources("offered_resources", offered)
            writer.resources("resources", used + offered)
            writer.array("tasks", framework.sortedTasks) { $0.task($1) }
            writer.array("unreachable_tasks", framework.unreachable.all.sorted { $0.key < $1.key }) { $0.task($1.element) }
            writer.array("completed_tasks", framework.completed.all) { $0.task($1) }
            writer.array("offers", state.offers(of: framework)) { $0.offer($1) }
            writer.array("executors", executors) { $0.executor($1) }
        }
    }

    /// What `/state-summary` says of a framework as well.
    mutating func summarize(_ framework: FrameworkEntry) {
        let info = framework.info
        field("id", framework.id.value)
        field("name", info.name)
        field("hostname", info.hostname)
        field("webui_url", info.webuiURL)
        field("active", framework.stream != nil)
        field("connected", framework.stream != nil)
        field("recovered", framework.isRecovered)
        strings("capabilities", info.capabilities.map { $0.type.name })
    }

    private mutating func describe(_ framework: FrameworkEntry) {
        let info = framework.info
        summarize(framework)
        field("user", info.user)
        if info.hasPrincipal { field("principal", info.principal) }
        field("failover_timeout", info.failoverTimeout)
        field("checkpoint", info.checkpoint)
        field("registered_time", framework.registered.seconds)
        if let moment = framework.reregistered { field("reregistered_time", moment.seconds) }
        field("unregistered_time", framework.unregistered?.seconds ?? 0)
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

    private mutating func executor(_ executor: PlacedExecutor) {
        let info = executor.entry.info
        object { writer in
            writer.field("executor_id", info.executorID.value)
            writer.field("framework_id", info.frameworkID.value)
            writer.field("slave_id", executor.agent.value)
            writer.field("name", info.name)
            writer.field("type", info.type == .default ? "DEFAULT" : "CUSTOM")
            writer.resources("resources", executor.entry.resources)
        }
    }
}
