import Cluster
import Foundation
import MesosAPI
import MesosMessages

/// What became of a task, and what it wrote last.
struct TaskCause: Encodable, Sendable {
    let taskID: String
    let state: String
    let node: String?
    /// Since when it is in its state, in seconds since 1970.
    let since: Double?
    let reason: String?
    let source: String?
    let message: String?
    /// As a shell would tell it; nil for a task that has not ended.
    let exitCode: Int32?
    /// What it had when it went over a limit, by resource.
    let limitation: [String: Double]
    /// How it ended and what it had used, as its agent tells.
    let end: EndedTask?
    /// The last lines of each output that it has.
    let lastLines: [String: [String]]
    /// Why something of this is missing.
    let gap: String?

    private enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case state, node, since, reason, source, message, limitation, end, gap
        case exitCode = "exit_code"
        case lastLines = "last_lines"
    }

    /// What the master knows of it, and its agent, which may be asked no more.
    init(_ entry: TaskCatalogue.Entry, lines: Int, _ connection: Connection) async {
        let status = entry.task.statuses.last { $0.state == entry.task.state } ?? entry.task.statuses.last
        let (end, gap) = await Self.end(of: entry, connection)
        self.gap = gap
        taskID = entry.id
        state = entry.task.state.name
        node = entry.agent?.hostname
        since = entry.since
        reason = status.flatMap { $0.hasReason ? $0.reason.name : nil }
        source = status.flatMap { $0.hasSource ? $0.source.name : nil }
        message = status.flatMap { $0.message.isEmpty ? nil : $0.message }
        exitCode = entry.isActive ? nil : status.map { TaskEnd($0).exitCode }
        let passed = (try? Resources(status?.limitation.resources ?? [])) ?? .empty
        limitation = Dictionary(uniqueKeysWithValues: passed.names.map { ($0, passed.scalar($0).value) })
        self.end = end?.withoutOutput
        let kept = lines > 0 ? await Self.lastLines(lines, of: entry, connection) : [:]
        // More of them in the sandbox, as long as it is there.
        lastLines = kept.isEmpty ? end?.lastLines(lines) ?? [:] : kept
    }

    /// What an agent knows of a task that its master has forgotten.
    init(_ end: EndedTask, node: String, lines: Int) {
        taskID = end.taskID
        state = end.state
        self.node = node
        since = end.ended
        reason = end.reason.map { String($0.trimmingPrefix("REASON_")) }
        source = end.source.map { String($0.trimmingPrefix("SOURCE_")) }
        message = end.message
        exitCode = end.exitCode ?? (end.state == "TASK_FINISHED" ? 0 : TaskEnd.couldNotRun)
        limitation = [:]
        self.end = end.withoutOutput
        lastLines = end.lastLines(lines)
        gap = nil
    }

    /// For people.
    var text: String {
        var sentence = "\(taskID) is \(state)"
        if let node { sentence += " on \(node)" }
        if let since { sentence += " since \(Age.text(seconds: Date.now.timeIntervalSince1970 - since))" }
        if let reason { sentence += ", \(reason)" }
        if let exitCode { sentence += ", exit status \(exitCode)" }
        if let message { sentence += ": \(message)" }
        var paragraphs = [sentence]
        if let used = end?.sentence { paragraphs.append(used) }
        for (file, lines) in lastLines.sorted(by: { $0.key > $1.key }) where !lines.isEmpty {
            paragraphs.append("last lines of \(file):\n" + lines.map { "  \($0)" }.joined(separator: "\n"))
        }
        if let gap { paragraphs.append(gap) }
        return paragraphs.joined(separator: "\n")
    }

    /// What its agent keeps; nothing if it is too long ago.
    private static func end(
        of entry: TaskCatalogue.Entry,
        _ connection: Connection
    ) async -> (end: EndedTask?, gap: String?) {
        guard !entry.isActive else { return (nil, nil) }
        guard let agent = entry.agent else { return (nil, "its machine is gone, and with it what it had used and wrote last") }
        let client = AgentClient(connection: connection, agent: Endpoint(of: agent))
        do throws(ClientError) {
            return (try await client.endedTasks(entry.id, of: entry.task.frameworkID.value).first, nil)
        } catch {
            return (nil, "what it had used and wrote last is not known: \(error)")
        }
    }

    /// What its sandbox still has; nothing where the machine is gone or the files were collected.
    private static func lastLines(_ count: Int, of entry: TaskCatalogue.Entry, _ connection: Connection) async -> [String: [String]] {
        guard let sandbox = entry.sandbox else { return [:] }
        let client = AgentClient(connection: connection, agent: sandbox.agent)
        var found: [String: [String]] = [:]
        for file in OutputStreams.File.allCases {
            let path = "\(sandbox.directory)/\(file.rawValue)"
            guard let size = try? await client.read(path, from: .max)?.size, size > 0 else { continue }
            let start = size - min(size, AgentClient.readLength)
            guard let piece = try? await client.read(path, from: start) else { continue }
            let lines = String(decoding: piece.bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            found[file.rawValue] = lines.dropLast(lines.last == "" ? 1 : 0).suffix(count).map(String.init)
        }
        return found
    }
}
