import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// One number that a master tells of itself.
struct MasterMetric: Sendable {
    /// Its name in Mesos.
    let name: String
    let value: Double
    /// True if it only grows.
    let isCounter: Bool

    /// Its name in Prometheus: `agora_master_tasks_running`, `agora_master_slave_removals_total`.
    var prometheusName: String {
        "agora_" + name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() + (isCounter ? "_total" : "")
    }
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

    /// `/metrics`: the Prometheus text format, version 0.0.4.
    var prometheus: [UInt8] {
        var text = ""
        for metric in all {
            text += "# TYPE \(metric.prometheusName) \(metric.isCounter ? "counter" : "gauge")\n"
            text += "\(metric.prometheusName) \(metric.value)\n"
        }
        return Array(text.utf8)
    }
}

private struct Collector {
    var metrics: [MasterMetric] = []

    mutating func gauge(_ name: String, _ value: Double) {
        metrics.append(MasterMetric(name: name, value: value, isCounter: false))
    }

    mutating func gauge(_ name: String, _ value: Int) {
        gauge(name, Double(value))
    }

    mutating func counter(_ name: String, _ value: Int) {
        metrics.append(MasterMetric(name: name, value: Double(value), isCounter: true))
    }

    mutating func addAgents(_ state: ClusterState) {
        let connected = state.agents.values.count { $0.stream != nil }
        let away = state.agents.count - connected
        gauge("master/slaves_active", connected)
        gauge("master/slaves_inactive", away)
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

    private mutating func addMessages(_ counters: MasterCounters) {
        counter("master/valid_framework_to_executor_messages", counters.validFrameworkMessages)
        counter("master/invalid_framework_to_executor_messages", counters.invalidFrameworkMessages)
        counter("master/messages_executor_to_framework", counters.executorMessages)
        counter("master/valid_executor_to_framework_messages", counters.validExecutorMessages)
        counter("master/invalid_executor_to_framework_messages", counters.invalidExecutorMessages)
        counter("master/messages_exited_executor", counters.exitedExecutors)
        counter("master/offers_timed_out", counters.offersTimedOut)
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
