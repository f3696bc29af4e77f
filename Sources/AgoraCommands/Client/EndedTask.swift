import Foundation

/// How a task ended, as its agent keeps it.
struct EndedTask: Codable, Sendable {
    let taskID: String
    let frameworkID: String
    let name: String
    let state: String
    let reason: String?
    let source: String?
    let message: String?
    /// When it was first said to run, in seconds since 1970.
    let started: Double?
    /// When the agent saw its end.
    let ended: Double
    /// What its program returned.
    let exitStatus: Int32?
    /// The signal that ended its program.
    let signal: Int32?
    /// The status in words, as "terminated with signal Killed".
    let words: String?
    let use: Use?
    /// The ends of its outputs.
    var lastOutput: [String: Output]?

    /// What it had used by then.
    struct Use: Codable, Sendable {
        let memoryPeakBytes: Int64?
        let memoryLimitBytes: Int64?
        let cpuUserSeconds: Double?
        let cpuSystemSeconds: Double?
        /// Whether these are the figures of its whole pod.
        let isShared: Bool

        private enum CodingKeys: String, CodingKey {
            case memoryPeakBytes = "memory_peak_bytes"
            case memoryLimitBytes = "memory_limit_bytes"
            case cpuUserSeconds = "cpu_user_secs"
            case cpuSystemSeconds = "cpu_system_secs"
            case isShared = "shared"
        }
    }

    /// The end of an output.
    struct Output: Codable, Sendable {
        /// Of what there was, in bytes.
        let size: Int64
        let text: String
    }

    private enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case frameworkID = "framework_id"
        case name, state, reason, source, message, started, ended, signal, words, use
        case exitStatus = "exit_status"
        case lastOutput = "last_output"
    }
}

extension EndedTask {
    /// As a shell would tell it.
    var exitCode: Int32? { exitStatus ?? signal.map { 128 + $0 } }

    /// What it used, for people: "It ran for 3m and used 31.9 MiB of 32 MiB of memory at most, 0.4 s of processor time."
    var sentence: String? {
        var parts: [String] = []
        if let started, ended >= started { parts.append("ran for \(Age.text(seconds: ended - started))") }
        var used: [String] = []
        if let peak = use?.memoryPeakBytes {
            let limit = use?.memoryLimitBytes.map { " of \(ByteText.text(UInt64(clamping: $0)))" } ?? ""
            used.append("\(ByteText.text(UInt64(clamping: peak)))\(limit) of memory at most")
        }
        if let user = use?.cpuUserSeconds, let system = use?.cpuSystemSeconds {
            used.append("\(((user + system) * 1000).rounded() / 1000) s of processor time")
        }
        if !used.isEmpty { parts.append((use?.isShared == true ? "its pod used " : "used ") + used.joined(separator: ", ")) }
        return parts.isEmpty ? nil : "It \(parts.joined(separator: "; "))."
    }

    /// With what is not output only.
    var withoutOutput: EndedTask {
        var end = self
        end.lastOutput = nil
        return end
    }

    /// The last lines of each output that it has.
    func lastLines(_ count: Int) -> [String: [String]] {
        (lastOutput ?? [:]).mapValues { output in
            let lines = output.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            return lines.dropLast(lines.last == "" ? 1 : 0).suffix(count).map(String.init)
        }
    }
}

extension AgentClient {
    /// How tasks of an id ended here, the newest first; none if the agent does not know.
    ///
    /// - Parameter framework: whose they are; nothing: any.
    func endedTasks(_ task: String, of framework: String?) async throws(ClientError) -> [EndedTask] {
        struct Answer: Decodable { let tasks: [EndedTask] }
        let fields = [("task_id", task)] + (framework.map { [("framework_id", $0)] } ?? [])
        let query = fields.map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        let operation = "ask how \(task.clipped) ended"
        let bytes: [UInt8]
        do {
            bytes = try await connection.get("/why?\(query.joined(separator: "&"))", from: .agent(agent), operation: operation)
        } catch {
            guard error.status == 404 else { throw error }
            return []
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(bytes)).tasks
        } catch {
            throw ClientError(peer: .agent(agent), operation: operation, cause: .broken("\(error)"))
        }
    }
}
