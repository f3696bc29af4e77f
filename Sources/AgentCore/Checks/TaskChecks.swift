import Cluster
import MesosMessages

/// One check of a running task: when it looks next, and whether it is looking.
struct CheckSchedule: Sendable {
    enum Phase: Sendable, Hashable {
        case waiting(until: Timestamp)
        case probing(UInt64)
        /// The task ends: nobody looks any more.
        case stopped
    }

    let rule: CheckRule
    var phase: Phase
}

/// What is known of a task's health.
struct HealthState: Sendable {
    /// What the newest probe means.
    enum Verdict: Sendable, Hashable {
        /// Nothing that anybody needs to be told.
        case silent
        case healthy
        /// With the number of failures in a row; the last that is allowed is fatal.
        case unhealthy(failures: Int, isFatal: Bool)
    }

    let rule: HealthRule
    var schedule: CheckSchedule
    /// When the task began to run.
    let began: Timestamp
    private(set) var hasSucceeded = false
    private(set) var failures = 0
    /// What was told last.
    private(set) var isHealthy: Bool?

    init(_ rule: HealthRule, began: Timestamp) {
        self.rule = rule
        self.began = began
        schedule = CheckSchedule(rule: rule.rule, phase: .waiting(until: began + rule.rule.delay))
    }

    /// Mesos's rule: each failure is told, and the first success of all and after failures.
    mutating func take(_ result: ProbeResult, at now: Timestamp) -> Verdict {
        guard result.meansHealthy else {
            guard hasSucceeded || now - began > rule.grace else { return .silent }
            failures += 1
            isHealthy = false
            return .unhealthy(failures: failures, isFatal: failures >= rule.failures)
        }
        defer {
            hasSucceeded = true
            failures = 0
            isHealthy = true
        }
        return hasSucceeded && failures == 0 ? .silent : .healthy
    }

    /// Takes up what was told before the agent restarted.
    mutating func resume(_ status: Mesos_V1_TaskStatus) {
        guard status.reason == .taskHealthCheckStatusUpdated, status.hasHealthy else { return }
        isHealthy = status.healthy
        if status.healthy { hasSucceeded = true }
        failures = status.healthy ? 0 : failures + 1
    }
}

/// What a check found last.
struct CheckStatusState: Sendable {
    var schedule: CheckSchedule
    /// What was told last; of the right type and empty at first.
    private(set) var told: Mesos_V1_CheckStatusInfo

    init(_ rule: CheckRule, began: Timestamp, type: Mesos_V1_CheckInfo.TypeEnum) {
        schedule = CheckSchedule(rule: rule, phase: .waiting(until: began + rule.delay))
        told = .empty(type)
    }

    /// Whether there is something new to tell.
    mutating func take(_ result: ProbeResult) -> Bool {
        var found = Mesos_V1_CheckStatusInfo.empty(told.type)
        switch result {
        // A command that was ended by a signal has no exit code.
        case .exited(let status) where status & 0x7f == 0: found.command.exitCode = status >> 8 & 0xff
        case .answered(let status): found.http.statusCode = UInt32(clamping: status)
        case .connected(let isConnected): found.tcp.succeeded = isConnected
        case .exited, .failed: break
        }
        guard found != told else { return false }
        told = found
        return true
    }

    /// Takes up what was told before the agent restarted.
    mutating func resume(_ status: Mesos_V1_TaskStatus) {
        if status.state == .taskRunning, status.hasCheckStatus, status.checkStatus.type == told.type { told = status.checkStatus }
    }
}

/// The checks of a running task.
struct TaskChecks: Sendable {
    var health: HealthState?
    var status: CheckStatusState?

    /// Nothing if the task has none.
    init?(_ info: Mesos_V1_TaskInfo, began: Timestamp) {
        // What a task of ours asks for was looked at when it came.
        guard info.hasHealthCheck || info.hasCheck, let rules = try? TaskCheckRules(info) else { return nil }
        health = rules.health.map { HealthState($0, began: began) }
        status = rules.status.map { CheckStatusState($0, began: began, type: info.check.type) }
    }

    subscript(kind: CheckKind) -> CheckSchedule? {
        get {
            switch kind {
            case .health: health?.schedule
            case .status: status?.schedule
            }
        }
        set {
            guard let newValue else { return }
            switch kind {
            case .health: health?.schedule = newValue
            case .status: status?.schedule = newValue
            }
        }
    }
}

extension ProbeResult {
    /// Status 0 of a command, 200 to 399 of a server, a connection.
    fileprivate var meansHealthy: Bool {
        switch self {
        case .exited(let status): status == 0
        case .answered(let status): (200..<400).contains(status)
        case .connected(let isConnected): isConnected
        case .failed: false
        }
    }

    /// For people, why a task is unhealthy.
    var words: String {
        switch self {
        case .exited(let status): "its command \(ContainerExit(waitStatus: status).words)"
        case .answered(let status): "its server answered with status \(status)"
        case .connected(let isConnected): isConnected ? "its port took the connection" : "its port took no connection"
        case .failed(let reason): reason
        }
    }
}

extension Mesos_V1_CheckStatusInfo {
    /// A status of the right type that says nothing yet, as Mesos attaches it from the first update on.
    static func empty(_ type: Mesos_V1_CheckInfo.TypeEnum) -> Self {
        var status = Mesos_V1_CheckStatusInfo()
        status.type = type
        switch type {
        case .command: status.command = Command()
        case .http: status.http = Http()
        case .tcp: status.tcp = Tcp()
        case .unknown: break
        }
        return status
    }
}
