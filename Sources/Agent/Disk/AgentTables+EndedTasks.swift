import AgentCore
import Cluster
import FoundationEssentials
import GRDB
import MesosMessages
import Storage

/// How tasks ended: what is kept of them when the tasks themselves are forgotten.
extension AgentTables {
    /// The numbers only grow, and the oldest go first: so without gaps.
    static let endedTasks = StorageMigration(
        name: "5 ended tasks",
        statements: """
            CREATE TABLE ended_tasks (
                number INTEGER PRIMARY KEY, framework TEXT NOT NULL, task TEXT NOT NULL, name TEXT NOT NULL, executor TEXT,
                container TEXT, status BLOB NOT NULL, started INTEGER, ended INTEGER NOT NULL, wait_status INTEGER,
                memory_peak INTEGER, memory_limit INTEGER, cpu_user INTEGER, cpu_system INTEGER, is_shared INTEGER,
                stdout BLOB, stdout_size INTEGER, stderr BLOB, stderr_size INTEGER);
            CREATE INDEX ended_tasks_by_id ON ended_tasks (task);
            CREATE INDEX ended_tasks_by_age ON ended_tasks (ended);
            """
    )

    static func put(_ task: EndedTask, into database: Database) throws {
        let (exit, use) = (task.exit, task.exit?.use)
        let outputs = Dictionary((exit?.lastOutput ?? []).map { ($0.name, $0) }) { first, _ in first }
        try database.execute(
            sql: """
                INSERT INTO ended_tasks (framework, task, name, executor, container, status, started, ended, wait_status,
                    memory_peak, memory_limit, cpu_user, cpu_system, is_shared, stdout, stdout_size, stderr, stderr_size)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                task.key.framework.value, task.key.task.value, task.name, task.executor?.value, task.container?.description,
                try task.status.stored, task.started?.nanoseconds, task.ended.nanoseconds, exit?.waitStatus,
                use?.memoryPeakBytes, use?.memoryLimitBytes, use?.cpuUserMicroseconds, use?.cpuSystemMicroseconds, use?.isShared,
                outputs["stdout"].map { Data($0.bytes) }, outputs["stdout"]?.size,
                outputs["stderr"].map { Data($0.bytes) }, outputs["stderr"]?.size,
            ]
        )
    }

    static func trimEndedTasks(_ count: Int, _ oldest: Timestamp, in database: Database) throws {
        try database.execute(sql: "DELETE FROM ended_tasks WHERE ended < ?", arguments: [oldest.nanoseconds])
        try database.execute(
            sql: "DELETE FROM ended_tasks WHERE number <= (SELECT max(number) FROM ended_tasks) - ?",
            arguments: [count]
        )
    }

    /// The ends of tasks of an id, the newest first.
    ///
    /// - Parameters:
    ///   - framework: whose they are; nothing: any.
    ///   - oldest: those before are not meant, though they may still be there.
    ///   - most: how many.
    static func endedTasks(
        _ task: TaskID,
        of framework: FrameworkID?,
        since oldest: Timestamp,
        most: Int,
        in database: Database
    ) throws -> [EndedTask] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM ended_tasks WHERE task = ? AND ended >= ? AND (? IS NULL OR framework = ?)
                ORDER BY number DESC LIMIT ?
                """,
            arguments: [task.value, oldest.nanoseconds, framework?.value, framework?.value, most]
        )
        return try rows.map(endedTask)
    }

    private static func endedTask(_ row: Row) throws -> EndedTask {
        guard let ended = row.moment("ended") else { throw DamagedRow(description: "the column ended is empty") }
        var task = EndedTask(
            key: TaskKey(framework: FrameworkID(try row.text("framework")), task: TaskID(try row.text("task"))),
            name: try row.text("name"),
            status: try row.message("status"),
            ended: ended
        )
        task.executor = (row["executor"] as String?).map { ExecutorID($0) }
        task.container = row["container"] as String? == nil ? nil : try row.container("container")
        task.started = row.moment("started")
        task.exit = (row["wait_status"] as Int32?).map { exit(row, $0) }
        return task
    }

    private static func exit(_ row: Row, _ waitStatus: Int32) -> ContainerExit {
        var exit = ContainerExit(waitStatus: waitStatus)
        if let isShared = row["is_shared"] as Bool? {
            var use = ContainerExit.Use()
            use.memoryPeakBytes = row["memory_peak"]
            use.memoryLimitBytes = row["memory_limit"]
            use.cpuUserMicroseconds = row["cpu_user"]
            use.cpuSystemMicroseconds = row["cpu_system"]
            use.isShared = isShared
            exit.use = use
        }
        exit.lastOutput = ["stdout", "stderr"].compactMap { name in
            guard let bytes = row[name] as Data?, let size = row["\(name)_size"] as Int64? else { return nil }
            return ContainerExit.OutputEnd(name: name, size: size, bytes: Array(bytes))
        }
        return exit
    }
}
