import AgentCore
import Cluster
import Logging
import Storage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The agent's database.
final class AgentStore: Sendable {
    private let storage: Storage
    private let reader: StorageReader
    private let logger: Logger
    private let reserve: DiskReserve
    private let hasGivenUp = Atomic(false)

    /// - Parameter path: the database's file; the space in reserve is held beside it.
    init(path: String, logger: Logger) throws(AgentError) {
        self.logger = logger
        reserve = DiskReserve(path: path + ".reserve", bytes: Self.reserveBytes)
        do {
            storage = try Storage(path: path, migrations: AgentTables.migrations)
            reader = try storage.reader()
        } catch {
            throw AgentError(error.description)
        }
    }

    /// How tasks of an id ended, the newest first. Blocking, and in nobody's way.
    ///
    /// - Parameters:
    ///   - framework: whose they are; nothing: any.
    ///   - oldest: the ends before are not told.
    func endedTasks(_ task: TaskID, of framework: FrameworkID?, since oldest: Timestamp) throws(StorageError) -> [EndedTask] {
        try reader.read {
            try AgentTables.endedTasks(task, of: framework, since: oldest, most: Self.mostEndedTasks, in: $0)
        }
    }

    /// How many ends of one task are told at once.
    private static let mostEndedTasks = 20

    func load() throws(AgentError) -> StoredAgent {
        do {
            return try storage.read(AgentTables.load)
        } catch {
            throw AgentError("\(error.description); move the file away to begin anew: all tasks of this agent are then lost")
        }
    }

    /// Puts a batch on the disk. On a full disk it first gives up what is only for people, then uses the space in reserve; when
    /// that is gone too, or the disk fails, it tries again, for nothing that is not stored may be told, and the tasks run on meanwhile.
    /// False: `giveUp` was called, or no retry can help.
    func commit(_ batch: [StorageChange]) -> Bool {
        var changes = batch
        while true {
            do throws(StorageError) {
                try storage.commit { database in
                    for change in changes { try AgentTables.apply(change, to: database) }
                }
                reserve.restore()
                return true
            } catch {
                logger.error("cannot store what happened", metadata: ["reason": "\(error)", "changes": "\(changes.count)"])
                guard error.kind == .disk, !hasGivenUp.load(ordering: .relaxed) else { return false }
                let needed = changes.filter { if case .putEndedTask = $0 { false } else { true } }
                if needed.count < changes.count {
                    changes = needed
                    continue
                }
                if reserve.release() { continue }
                usleep(Self.retryMicroseconds)
            }
        }
    }

    /// Enough for the ends of thousands of tasks.
    private static let reserveBytes = 8 << 20
    private static let retryMicroseconds: UInt32 = 500_000

    /// The process ends: no more retries.
    func giveUp() {
        hasGivenUp.store(true, ordering: .relaxed)
    }

    func close() {
        reader.close()
        do {
            try storage.close()
        } catch {
            logger.warning("cannot close the database", metadata: ["reason": "\(error)"])
        }
    }
}
