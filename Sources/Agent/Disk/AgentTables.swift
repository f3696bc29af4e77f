import AgentCore
import Cluster
import FoundationEssentials
import GRDB
import MesosAPI
import MesosMessages
import Storage
import SwiftProtobuf

/// What the agent keeps in its database, as tables; secrets are left out.
enum AgentTables {
    static let migrations = [
        StorageMigration(
            name: "1 agents, frameworks, executors, tasks, updates",
            statements: """
                CREATE TABLE agent (id TEXT NOT NULL);
                CREATE TABLE frameworks (id TEXT PRIMARY KEY NOT NULL, info BLOB NOT NULL);
                CREATE TABLE executors (
                    framework TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, info BLOB NOT NULL,
                    container TEXT NOT NULL, sandbox TEXT NOT NULL, PRIMARY KEY (framework, id));
                CREATE TABLE tasks (
                    framework TEXT NOT NULL, id TEXT NOT NULL, info BLOB NOT NULL, executor TEXT, container TEXT,
                    number_of_group INTEGER NOT NULL, kill_cause TEXT, kill_began INTEGER, kill_deadline INTEGER,
                    completion_deadline INTEGER, acknowledged INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (framework, id));
                CREATE TABLE updates (
                    framework TEXT NOT NULL, task TEXT NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL,
                    PRIMARY KEY (framework, task, number),
                    FOREIGN KEY (framework, task) REFERENCES tasks (framework, id) ON DELETE CASCADE);
                """
        ),
        StorageMigration(
            name: "2 description of the agent",
            statements: "CREATE TABLE description (info BLOB NOT NULL, boot TEXT NOT NULL)"
        ),
        StorageMigration(
            name: "3 how tasks come to custom executors",
            statements: """
                ALTER TABLE tasks ADD COLUMN delivery TEXT;
                ALTER TABLE tasks ADD COLUMN is_delivered INTEGER NOT NULL DEFAULT 0;
                """
        ),
        StorageMigration(
            name: "4 starts of the agent",
            statements: "CREATE TABLE life (number INTEGER NOT NULL)"
        ),
        endedTasks,
    ]

    static func apply(_ change: StorageChange, to database: Database) throws {
        switch change {
        case .putAgentID(let id):
            try database.execute(sql: "DELETE FROM agent")
            try database.execute(sql: "INSERT INTO agent (id) VALUES (?)", arguments: [id.value])
        case .putLife(let number):
            try database.execute(sql: "DELETE FROM life")
            try database.execute(sql: "INSERT INTO life (number) VALUES (?)", arguments: [Int64(bitPattern: number)])
        case .putDescription(let description):
            try database.execute(sql: "DELETE FROM description")
            try database.execute(
                sql: "INSERT INTO description (info, boot) VALUES (?, ?)",
                arguments: [try description.info.stored, description.boot]
            )
        case .putFramework(let id, let info):
            try database.execute(
                sql: "INSERT OR REPLACE INTO frameworks (id, info) VALUES (?, ?)",
                arguments: [id.value, try info.stored]
            )
        case .deleteFramework(let id):
            try database.execute(sql: "DELETE FROM frameworks WHERE id = ?", arguments: [id.value])
        case .putExecutor(let executor): try put(executor, into: database)
        case .deleteExecutor(let key):
            try database.execute(
                sql: "DELETE FROM executors WHERE framework = ? AND id = ?",
                arguments: [key.framework.value, key.executor.value]
            )
        case .putTask(let task): try put(task, into: database)
        case .deleteTask(let key):
            try database.execute(
                sql: "DELETE FROM tasks WHERE framework = ? AND id = ?",
                arguments: [key.framework.value, key.task.value]
            )
        case .putUpdate(let key, let number, let update):
            try database.execute(
                sql: "INSERT INTO updates (framework, task, number, content) VALUES (?, ?, ?, ?)",
                arguments: [key.framework.value, key.task.value, number, try update.stored]
            )
        case .dropUpdates(let key, let number):
            try database.execute(
                sql: "DELETE FROM updates WHERE framework = ? AND task = ? AND number < ?",
                arguments: [key.framework.value, key.task.value, number]
            )
        case .acknowledge(let key, let number):
            try database.execute(
                sql: "UPDATE tasks SET acknowledged = ? WHERE framework = ? AND id = ?",
                arguments: [number + 1, key.framework.value, key.task.value]
            )
        case .putEndedTask(let task): try put(task, into: database)
        case .trimEndedTasks(let count, let oldest): try trimEndedTasks(count, oldest, in: database)
        }
    }

    private static func put(_ executor: StoredExecutor, into database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO executors (framework, id, kind, info, container, sandbox) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                executor.key.framework.value, executor.key.executor.value, executor.kind.rawValue, try executor.info.withoutSecrets.stored,
                executor.container.description, executor.sandbox,
            ]
        )
    }

    /// Only what changes in a task's life is replaced: its updates hang on the row.
    private static func put(_ task: StoredTask, into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO tasks (framework, id, info, executor, container, number_of_group,
                    kill_cause, kill_began, kill_deadline, completion_deadline, delivery, is_delivered)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (framework, id) DO UPDATE SET kill_cause = excluded.kill_cause, kill_began = excluded.kill_began,
                    kill_deadline = excluded.kill_deadline, completion_deadline = excluded.completion_deadline,
                    is_delivered = excluded.is_delivered
                """,
            arguments: [
                task.key.framework.value, task.key.task.value, try task.info.withoutSecrets.stored, task.executor?.executor.value,
                task.container?.description, task.group, task.kill?.cause.rawValue, task.kill?.began.nanoseconds,
                task.kill?.deadline.nanoseconds, task.completionDeadline?.nanoseconds, task.delivery?.rawValue, task.isDelivered,
            ]
        )
    }
}

extension SwiftProtobuf.Message {
    /// As it is written into a column.
    var stored: Data {
        get throws { try serializedBytes(partial: true) }
    }
}
