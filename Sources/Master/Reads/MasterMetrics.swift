import Cluster
import CoreLoop
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// One number that a master tells of itself, under its name in Mesos.
struct MasterMetric: Sendable {
    let name: String
    let value: Double
}

/// The numbers of a master, counted from a copy of its state under the names of Mesos's `/metrics/snapshot`.
struct MasterMetrics {
    /// All of them, by name.
    let all: [MasterMetric]

    init(_ reading: StateReading) {
        var metrics = Collector()
        metrics.gauge("master/elected", 1)
        metrics.gauge("master/uptime_secs", reading.uptime)
        metrics.addAgents(reading.state)
        metrics.addFrameworks(reading.state)
        metrics.addTasks(reading.state)
        metrics.addResources(reading.state)
        metrics.addCounters(reading.state.counters)
        metrics.addShares(reading.state)
        metrics.addFrameworkTasks(reading.state)
        metrics.addTimers(reading)
        for figure in SystemFigures.all { metrics.gauge(figure.name, figure.value) }
        all = metrics.metrics.sorted { $0.name < $1.name }
    }

    /// `/metrics/snapshot`: one flat JSON object.
    var snapshot: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for metric in all { writer.field(metric.name, metric.value) }
        }
        return writer.bytes
    }
}

private struct Collector {
    var metrics: [MasterMetric] = []

    mutating func gauge(_ name: String, _ value: Double) {
        metrics.append(MasterMetric(name: name, value: value))
    }

    mutating func gauge(_ name: String, _ value: Int) {
        gauge(name, Double(value))
    }

    mutating func counter(_ name: String, _ value: Int) {
        gauge(name, value)
    }

    mutating func addAgents(_ state: ClusterState) {
        let connected = state.agents.values.count { $0.stream != nil }
        let away = state.agents.count - connected
        let active = state.agents.values.count(where: state.isActive)
        gauge("master/slaves_active", active)
        gauge("master/slaves_inactive", state.agents.count - active)
        gauge("master/slaves_connected", connected)
        gauge("master/slaves_disconnected", away)
        gauge("master/slaves_unreachable", state.unreachableAgents.count)
        gauge("master/slaves_recovered", state.recoveredAgents.count)
        gauge("master/slaves_gone", state.goneAgents.count)
    }

    mutating func addFrameworks(_ state: ClusterState) {
        let connected = state.frameworks.values.count { $0.stream != nil }
        let away = state.frameworks.count - connected
        gauge("master/frameworks_active", connected)
        gauge("master/frameworks_inactive", away)
        gauge("master/frameworks_connected", connected)
        gauge("master/frameworks_disconnected", away)
        gauge("master/outstanding_offers", state.offers.count)
        gauge("master/operator_event_stream_subscribers", state.operatorSubscribers)
    }

    mutating func addTasks(_ state: ClusterState) {
        var counts: [Mesos_V1_TaskState: Int] = [:]
        for framework in state.frameworks.values {
            for task in framework.tasks.values { counts[task.state, default: 0] += 1 }
        }
        gauge("master/tasks_staging", counts[.taskStaging, default: 0])
        gauge("master/tasks_starting", counts[.taskStarting, default: 0])
        gauge("master/tasks_running", counts[.taskRunning, default: 0])
        gauge("master/tasks_killing", counts[.taskKilling, default: 0])
        gauge("master/tasks_unreachable", state.frameworks.values.reduce(0) { $0 + $1.unreachable.count })
        let ended: [Mesos_V1_TaskState] = [
            .taskFinished, .taskFailed, .taskKilled, .taskLost, .taskError, .taskDropped, .taskGone, .taskGoneByOperator,
        ]
        for end in ended {
            counter("master/\(end.name.lowercased().replacing("task_", with: "tasks_"))", state.counters.endedTasks[end, default: 0])
        }
    }

    mutating func addResources(_ state: ClusterState) {
        let usage = ClusterUsage(state)
        let total = state.agents.values.reduce(into: Resources.empty) { $0 += $1.total }
        let used = usage.allocatedByAgent.values.reduce(into: Resources.empty) { $0 += $1 }
        for name in ["cpus", "gpus", "mem", "disk"] {
            let (all, busy) = (total.nonRevocable.scalar(name).value, used.nonRevocable.scalar(name).value)
            gauge("master/\(name)_total", all)
            gauge("master/\(name)_used", busy)
            gauge("master/\(name)_percent", all > 0 ? busy / all : 0)
        }
    }

    mutating func addCounters(_ counters: MasterCounters) {
        counter("master/valid_status_updates", counters.validStatusUpdates)
        counter("master/invalid_status_updates", counters.invalidStatusUpdates)
        counter("master/valid_status_update_acknowledgements", counters.validAcknowledgements)
        counter("master/invalid_status_update_acknowledgements", counters.invalidAcknowledgements)
        counter("master/slave_registrations", counters.agentRegistrations)
        counter("master/slave_reregistrations", counters.agentReregistrations)
        counter("master/slave_removals", counters.agentRemovals)
        counter("master/slave_unreachable_completed", counters.agentsUnreachable)
        counter("master/slave_unreachable_scheduled", counters.lossesDelayed)
        counter("master/slave_unreachable_canceled", counters.lossesCancelled)
        counter("master/recovery_slave_removals", counters.recoveryRemovals)
        for (name, call) in Self.calls { counter("master/messages_\(name)", counters.calls[call, default: 0]) }
        let subscriptions = counters.calls[.subscribe, default: 0]
        counter("master/messages_register_framework", subscriptions - counters.resubscriptions)
        counter("master/messages_reregister_framework", counters.resubscriptions)
        addMessages(counters)
        addOperations(counters)
    }

    /// Shares of roles, and what is offered or allocated of everything.
    mutating func addShares(_ state: ClusterState) {
        let sums = RoleSums(state)
        for role in sums.all {
            gauge("allocator/mesos/roles/\(role.name)/shares/dominant", sums.dominantShare(of: role.allocated + role.offered))
        }
        for name in ["cpus", "gpus", "mem", "disk"] {
            let claimed = sums.all.reduce(0) { $0 + $1.allocated.scalar(name).value + $1.offered.scalar(name).value }
            gauge("allocator/mesos/resources/\(name)/total", sums.total.scalar(name).value)
            gauge("allocator/mesos/resources/\(name)/offered_or_allocated", claimed)
        }
    }

    mutating func addFrameworkTasks(_ state: ClusterState) {
        for framework in state.frameworks.values {
            let prefix = "master/frameworks/\(framework.info.name.metricPart)/\(framework.id)"
            gauge("\(prefix)/subscribed", framework.stream == nil ? 0 : 1)
            let counts = Dictionary(grouping: framework.tasks.values, by: \.state).mapValues(\.count)
            for active in [Mesos_V1_TaskState.taskStaging, .taskStarting, .taskRunning, .taskKilling] {
                gauge("\(prefix)/tasks/active/\(active.name.lowercased())", counts[active, default: 0])
            }
            for role in framework.roles { gauge("\(prefix)/roles/\(role)/suppressed", framework.suppressed.contains(role) ? 1 : 0) }
        }
    }

    mutating func addTimers(_ reading: StateReading) {
        let measures = reading.measures
        counter("allocator/mesos/allocation_runs", reading.state.counters.allocationRuns)
        timer("allocator/mesos/allocation_run_ms", measures.allocations)
        timer("registrar/state_store_ms", measures.commits)
        timer("master/event_queue_wait_ms", measures.waits)
    }

    private mutating func timer(_ name: String, _ histogram: Histogram) {
        gauge("\(name)/count", histogram.count)
        for (ending, seconds) in histogram.timer { gauge(name + ending, seconds * 1000) }
    }

    private mutating func addMessages(_ counters: MasterCounters) {
        counter("master/valid_framework_to_executor_messages", counters.validFrameworkMessages)
        counter("master/invalid_framework_to_executor_messages", counters.invalidFrameworkMessages)
        counter("master/messages_executor_to_framework", counters.executorMessages)
        counter("master/valid_executor_to_framework_messages", counters.validExecutorMessages)
        counter("master/invalid_executor_to_framework_messages", counters.invalidExecutorMessages)
        counter("master/messages_exited_executor", counters.exitedExecutors)
        counter("master/offers_timed_out", counters.offersTimedOut)
        for (end, count) in counters.taskEnds {
            guard let reason = end.reason else { continue }
            let state = end.state.name.lowercased()
            counter("master/\(state)/source_\(end.source.name.lowercased())/reason_\(reason.name.lowercased())", count)
        }
    }

    private mutating func addOperations(_ counters: MasterCounters) {
        counter("master/invalid_operation_status_update_acknowledgements", counters.invalidOperationAcknowledgements)
        counter("master/operations/error", counters.operations.reduce(0) { $0 + ($1.key.state == .operationError ? $1.value : 0) })
        let types: [Mesos_V1_Offer.Operation.TypeEnum] = [
            .reserve, .unreserve, .create, .destroy, .growVolume, .shrinkVolume, .createDisk, .destroyDisk,
        ]
        for type in types {
            let end = OperationEnd(type: type, state: .operationError)
            counter("master/operations/\(type.name.lowercased())/error", counters.operations[end, default: 0])
        }
    }

    private static let calls: [(String, Mesos_V1_Scheduler_Call.TypeEnum)] = [
        ("launch_tasks", .accept), ("decline_offers", .decline), ("revive_offers", .revive), ("suppress_offers", .suppress),
        ("kill_task", .kill), ("status_update_acknowledgement", .acknowledge), ("reconcile_tasks", .reconcile),
        ("unregister_framework", .teardown), ("resource_request", .request), ("framework_to_executor", .message),
        ("shutdown_executor", .shutdown), ("update_framework", .updateFramework), ("reconcile_operations", .reconcileOperations),
        ("operation_status_update_acknowledgement", .acknowledgeOperationStatus),
        ("accept_inverse_offers", .acceptInverseOffers), ("decline_inverse_offers", .declineInverseOffers),
    ]
}

extension String {
    /// As a part of a metric's name, which slashes divide.
    fileprivate var metricPart: String { replacing("%", with: "%25").replacing("/", with: "%2F") }
}
