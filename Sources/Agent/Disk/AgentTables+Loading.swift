import AgentCore
import Cluster
import FoundationEssentials
import GRDB
import MesosMessages
import SwiftProtobuf

/// A row that does not say what this program wrote.
struct DamagedRow: Error, CustomStringConvertible {
    let description: String
}

extension AgentTables {
    /// Everything that is in the tables.
    static func load(from database: Database) throws -> StoredAgent {
        var agent = StoredAgent()
        agent.id = try String.fetchOne(database, sql: "SELECT id FROM agent").map { AgentID($0) }
        agent.life = try Int64.fetchOne(database, sql: "SELECT number FROM life").map { UInt64(bitPattern: $0) } ?? 0
        agent.description = try Row.fetchOne(database, sql: "SELECT info, boot FROM description").map { row in
            AgentDescription(info: try row.message("info"), boot: try row.text("boot"))
        }
        for row in try Row.fetchAll(database, sql: "SELECT id, info FROM frameworks") {
            agent.frameworks[FrameworkID(try row.text("id"))] = try row.message("info")
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM executors ORDER BY rowid") {
            agent.executors.append(try executor(row))
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM tasks ORDER BY rowid") {
            var task = try task(row)
            (task.dropped, task.updates) = try updates(of: task.key, in: database)
            task.acknowledged -= task.dropped
            guard (0...task.updates.count).contains(task.acknowledged) else {
                throw DamagedRow(description: "\(task.key): \(task.acknowledged) of \(task.updates.count) updates acknowledged")
            }
            agent.tasks.append(task)
        }
        return agent
    }

    private static func executor(_ row: Row) throws -> StoredExecutor {
        guard let kind = ExecutorKind(rawValue: try row.text("kind")) else {
            throw DamagedRow(description: "an executor of an unknown kind")
        }
        let key = ExecutorKey(framework: FrameworkID(try row.text("framework")), executor: ExecutorID(try row.text("id")))
        return StoredExecutor(
            key: key,
            kind: kind,
            info: try row.message("info"),
            container: try row.container("container"),
            sandbox: try row.text("sandbox")
        )
    }

    private static func task(_ row: Row) throws -> StoredTask {
        let framework = FrameworkID(try row.text("framework"))
        let executor: String? = row["executor"]
        let hasContainer = row["container"] as String? != nil
        var task = StoredTask(
            key: TaskKey(framework: framework, task: TaskID(try row.text("id"))),
            info: try row.message("info"),
            executor: executor.map { ExecutorKey(framework: framework, executor: ExecutorID($0)) },
            container: hasContainer ? try row.container("container") : nil,
            group: row["number_of_group"] ?? 0
        )
        task.acknowledged = row["acknowledged"] ?? 0
        task.completionDeadline = row.moment("completion_deadline")
        task.delivery = (row["delivery"] as String?).flatMap(StoredTask.Delivery.init)
        task.isDelivered = row["is_delivered"] ?? false
        if let cause = (row["kill_cause"] as String?).flatMap(KillProgress.Cause.init),
            let began = row.moment("kill_began"), let deadline = row.moment("kill_deadline")
        {
            task.kill = KillProgress(cause: cause, began: began, deadline: deadline)
        }
        return task
    }

    /// The number of the first update that is kept, and all that are.
    private static func updates(of key: TaskKey, in database: Database) throws -> (Int, [Agora_V1_StatusUpdate]) {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT number, content FROM updates WHERE framework = ? AND task = ? ORDER BY number",
            arguments: [key.framework.value, key.task.value]
        )
        return (rows.first?["number"] ?? 0, try rows.map { try $0.message("content") })
    }
}

extension Row {
    func text(_ column: String) throws -> String {
        guard let text = self[column] as String? else { throw DamagedRow(description: "the column \(column) is empty") }
        return text
    }

    func message<Content: SwiftProtobuf.Message>(_ column: String) throws -> Content {
        guard let data = self[column] as Data? else { throw DamagedRow(description: "the column \(column) is empty") }
        return try Content(serializedBytes: data, partial: true)
    }

    func container(_ column: String) throws -> ContainerID {
        try ContainerID(validating: try text(column).split(separator: ".").map(String.init))
    }

    func moment(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map { Timestamp(nanoseconds: $0) }
    }
}
