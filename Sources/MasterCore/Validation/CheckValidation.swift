import MesosMessages

/// The rules on checks and health checks of tasks (Mesos: `checks/checks.cpp`).
enum CheckValidation {
    static func check(_ check: Mesos_V1_CheckInfo) throws(Problem) {
        switch check.type {
        case .unknown: throw Problem("check.type: missing or unknown; it says how to check")
        case .command:
            guard check.hasCommand else { throw missing("check.command", for: "COMMAND") }
            try checkCommand(check.command.command, of: "check.command.command")
        case .http:
            guard check.hasHTTP else { throw missing("check.http", for: "HTTP") }
            try checkPath(check.http.hasPath ? check.http.path : nil, of: "check.http.path")
        case .tcp:
            guard check.hasTcp else { throw missing("check.tcp", for: "TCP") }
        }
        try checkTimes([
            ("check.delay_seconds", check.delaySeconds), ("check.interval_seconds", check.intervalSeconds),
            ("check.timeout_seconds", check.timeoutSeconds),
        ])
    }

    static func check(_ check: Mesos_V1_HealthCheck) throws(Problem) {
        switch check.type {
        case .unknown: throw Problem("health_check.type: missing or unknown; it says how to check")
        case .command:
            guard check.hasCommand else { throw missing("health_check.command", for: "COMMAND") }
            try checkCommand(check.command, of: "health_check.command")
        case .http:
            guard check.hasHTTP else { throw missing("health_check.http", for: "HTTP") }
            if check.http.hasScheme, check.http.scheme != "http", check.http.scheme != "https" {
                throw Problem("health_check.http.scheme: '\(check.http.scheme.prefix(16))' is neither http nor https")
            }
            try checkPath(check.http.hasPath ? check.http.path : nil, of: "health_check.http.path")
        case .tcp:
            guard check.hasTcp else { throw missing("health_check.tcp", for: "TCP") }
        }
        try checkTimes([
            ("health_check.delay_seconds", check.delaySeconds), ("health_check.interval_seconds", check.intervalSeconds),
            ("health_check.timeout_seconds", check.timeoutSeconds), ("health_check.grace_period_seconds", check.gracePeriodSeconds),
        ])
    }

    private static func checkCommand(_ command: Mesos_V1_CommandInfo, of field: String) throws(Problem) {
        guard command.hasValue else { throw Problem("\(field).value: missing; it is what the check runs") }
        try TaskValidation.check(command, of: field, isCheck: true)
    }

    private static func missing(_ field: String, for type: String) -> Problem {
        Problem("\(field): missing; a check of type \(type) must carry it")
    }

    private static func checkPath(_ path: String?, of field: String) throws(Problem) {
        guard let path, !path.hasPrefix("/") else { return }
        throw Problem("\(field): '\(path.prefix(64))' must begin with '/'")
    }

    private static func checkTimes(_ times: [(field: String, seconds: Double)]) throws(Problem) {
        for time in times where !(time.seconds >= 0) {
            throw Problem("\(time.field): \(time.seconds) s; a time must not be negative")
        }
    }
}
