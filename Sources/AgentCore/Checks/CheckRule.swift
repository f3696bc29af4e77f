import Cluster
import MesosMessages

/// When and how one check of a task looks at it.
struct CheckRule: Sendable {
    enum Method: Sendable {
        case command(Mesos_V1_CommandInfo)
        case http(HTTPProbe)
        case tcp(port: UInt16, isIPv6: Bool)
    }

    let method: Method
    /// From the start of the task to the first probe.
    let delay: Duration
    /// From the end of a probe to the next.
    let interval: Duration
    /// Nothing: none.
    let timeout: Duration?

    /// As long as no check is meant to wait; what is longer is taken for this.
    private static let longest = 315_360_000.0

    fileprivate init(
        _ method: Method,
        _ field: String,
        delay: Double,
        interval: Double,
        timeout: Double
    ) throws(LaunchRefusal) {
        self.method = method
        self.delay = try Self.duration(delay, "\(field).delay_seconds")
        self.interval = max(AgentLimits.shortestCheckInterval, try Self.duration(interval, "\(field).interval_seconds"))
        let timeout = try Self.duration(timeout, "\(field).timeout_seconds")
        // As in Mesos: no time is all the time.
        self.timeout = timeout == .zero ? nil : timeout
    }

    fileprivate static func duration(_ seconds: Double, _ field: String) throws(LaunchRefusal) -> Duration {
        guard seconds >= 0 else { throw LaunchRefusal("\(field): must not be negative, is \(seconds)") }
        return .nanoseconds(Int64(min(seconds, longest) * 1e9))
    }

    fileprivate static func command(_ command: Mesos_V1_CommandInfo, _ field: String) throws(LaunchRefusal) -> Method {
        var command = command
        // As in Mesos: it runs as the task does, and nothing is fetched for it.
        command.clearUser()
        command.uris = []
        do {
            _ = try ContainerRequest(command: command, container: nil, isNested: true)
        } catch {
            throw LaunchRefusal("\(field): \(error)")
        }
        return .command(command)
    }

    fileprivate static func port(_ port: UInt32, _ field: String) throws(LaunchRefusal) -> UInt16 {
        guard let port = UInt16(exactly: port), port > 0 else {
            throw LaunchRefusal("\(field).port: must be from 1 to 65535, is \(port)")
        }
        return port
    }

    fileprivate static func path(_ path: String, _ field: String) throws(LaunchRefusal) -> String {
        let isPlain = path.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f }
        guard isPlain, path.isEmpty || path.hasPrefix("/") else {
            throw LaunchRefusal("\(field).path: must begin with \"/\" and have no spaces and control characters, is \"\(path)\"")
        }
        return path
    }
}

/// How a task is told healthy, and when it is given up.
struct HealthRule: Sendable {
    let rule: CheckRule
    /// Failures in a row after which the task is killed.
    let failures: Int
    /// From the start of the task; until the first success, failures within it do not count.
    let grace: Duration
}

/// What a task has itself looked at by, known to be possible here.
struct TaskCheckRules: Sendable {
    var health: HealthRule?
    var status: CheckRule?

    /// - Throws: what is wrong, by field.
    init(_ task: Mesos_V1_TaskInfo) throws(LaunchRefusal) {
        if task.hasHealthCheck { health = try HealthRule(task.healthCheck) }
        if task.hasCheck { status = try CheckRule(task.check) }
    }
}

extension HealthRule {
    init(_ message: Mesos_V1_HealthCheck) throws(LaunchRefusal) {
        rule = try CheckRule(
            try Self.method(message),
            "health_check",
            delay: message.delaySeconds,
            interval: message.intervalSeconds,
            timeout: message.timeoutSeconds
        )
        failures = max(1, Int(message.consecutiveFailures))
        grace = try CheckRule.duration(message.gracePeriodSeconds, "health_check.grace_period_seconds")
    }

    private static func method(_ message: Mesos_V1_HealthCheck) throws(LaunchRefusal) -> CheckRule.Method {
        switch message.type {
        case .command where message.hasCommand: return try CheckRule.command(message.command, "health_check.command")
        case .http where message.hasHTTP:
            let scheme = message.http.hasScheme ? message.http.scheme : "http"
            guard scheme == "http" || scheme == "https" else {
                throw LaunchRefusal("health_check.http.scheme: must be http or https, is \"\(scheme)\"")
            }
            return .http(
                HTTPProbe(
                    isSecure: scheme == "https",
                    port: try CheckRule.port(message.http.port, "health_check.http"),
                    path: try CheckRule.path(message.http.path, "health_check.http"),
                    isIPv6: message.http.protocol == .ipv6
                )
            )
        case .tcp where message.hasTcp:
            return .tcp(port: try CheckRule.port(message.tcp.port, "health_check.tcp"), isIPv6: message.tcp.protocol == .ipv6)
        default:
            throw LaunchRefusal("health_check.type: must be COMMAND, HTTP or TCP, and the field of that name must be there")
        }
    }
}

extension CheckRule {
    init(_ message: Mesos_V1_CheckInfo) throws(LaunchRefusal) {
        try self.init(
            try Self.method(message),
            "check",
            delay: message.delaySeconds,
            interval: message.intervalSeconds,
            timeout: message.timeoutSeconds
        )
    }

    private static func method(_ message: Mesos_V1_CheckInfo) throws(LaunchRefusal) -> Method {
        switch message.type {
        case .command where message.hasCommand: return try command(message.command.command, "check.command.command")
        case .http where message.hasHTTP:
            let port = try port(message.http.port, "check.http")
            return .http(HTTPProbe(isSecure: false, port: port, path: try path(message.http.path, "check.http"), isIPv6: false))
        case .tcp where message.hasTcp:
            return .tcp(port: try port(message.tcp.port, "check.tcp"), isIPv6: false)
        default:
            throw LaunchRefusal("check.type: must be COMMAND, HTTP or TCP, and the field of that name must be there")
        }
    }
}
