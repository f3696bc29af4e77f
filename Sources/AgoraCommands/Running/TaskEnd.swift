import MesosMessages

/// How a task ended, as a shell would tell it.
struct TaskEnd: Hashable {
    /// The exit status of the pod could not be run: what Docker uses.
    static let couldNotRun: Int32 = 125

    /// 0 to 255: the program's own status, or 128 and the number of the signal that ended it.
    let exitCode: Int32
    /// What to tell the user beside the status; nothing when the status says all.
    let explanation: String?

    /// - Parameter status: of a state after which nothing follows.
    init(_ status: Mesos_V1_TaskStatus) {
        let message = status.message
        let told = Self.exitCode(in: message)
        switch status.state {
        case .taskFinished:
            (exitCode, explanation) = (0, nil)
        case .taskFailed where status.reason == .containerLimitationMemory:
            (exitCode, explanation) = (told ?? 137, message)
        case .taskFailed:
            (exitCode, explanation) = (told ?? Self.couldNotRun, told == nil || status.hasReason ? message : nil)
        case .taskKilled where status.hasHealthy && !status.healthy:
            (exitCode, explanation) = (told.flatMap { $0 == 0 ? nil : $0 } ?? 137, message)
        case .taskKilled:
            (exitCode, explanation) = (told.flatMap { $0 == 0 ? nil : $0 } ?? 137, nil)
        default:
            (exitCode, explanation) = (told ?? Self.couldNotRun, message.isEmpty ? "\(status.state.name)" : message)
        }
    }

    /// The status that a message of the agent tells: Mesos's TaskStatus has no field for it.
    private static func exitCode(in message: String) -> Int32? {
        if let text = text(after: "exited with status ", in: message), let status = Int32(text.prefix { $0.isNumber }) {
            return status & 0xff
        }
        guard let text = text(after: "terminated with signal ", in: message) else { return nil }
        if let number = Int32(text.prefix { $0.isNumber }) { return 128 + number & 0x7f }
        return signals.first { text.hasPrefix($0.name) }.map { 128 + $0.number }
    }

    private static func text(after words: String, in message: String) -> Substring? {
        message.ranges(of: words).last.map { message[$0.upperBound...] }
    }

    /// As strsignal(3) names them, the longer name first where one begins with another.
    private static let signals: [(name: String, number: Int32)] = [
        ("Hangup", 1), ("Interrupt", 2), ("Quit", 3), ("Illegal instruction", 4), ("Trace/breakpoint trap", 5), ("Aborted", 6),
        ("Bus error", 7), ("Floating point exception", 8), ("Killed", 9), ("User defined signal 1", 10), ("Segmentation fault", 11),
        ("User defined signal 2", 12), ("Broken pipe", 13), ("Alarm clock", 14), ("Terminated", 15),
        ("CPU time limit exceeded", 24), ("File size limit exceeded", 25), ("Bad system call", 31),
    ]
}

extension Mesos_V1_TaskState {
    /// Whether nothing follows.
    var isTerminal: Bool {
        switch self {
        case .taskStaging, .taskStarting, .taskRunning, .taskKilling, .taskUnreachable: false
        case .taskFinished, .taskFailed, .taskKilled, .taskError, .taskLost, .taskDropped, .taskGone, .taskGoneByOperator, .taskUnknown:
            true
        }
    }

    /// As Mesos writes it: "TASK_RUNNING".
    var name: String {
        switch self {
        case .taskStaging: "TASK_STAGING"
        case .taskStarting: "TASK_STARTING"
        case .taskRunning: "TASK_RUNNING"
        case .taskKilling: "TASK_KILLING"
        case .taskFinished: "TASK_FINISHED"
        case .taskFailed: "TASK_FAILED"
        case .taskKilled: "TASK_KILLED"
        case .taskError: "TASK_ERROR"
        case .taskLost: "TASK_LOST"
        case .taskDropped: "TASK_DROPPED"
        case .taskUnreachable: "TASK_UNREACHABLE"
        case .taskGone: "TASK_GONE"
        case .taskGoneByOperator: "TASK_GONE_BY_OPERATOR"
        case .taskUnknown: "TASK_UNKNOWN"
        }
    }

    /// In a word, for people: "running".
    var word: String { name.dropFirst("TASK_".count).lowercased().replacing("_", with: " ") }
}
