public import GRDB

/// One SQLite database file: opened with a write-ahead log, brought up to date, written in whole batches.
///
/// It knows no tables: the user of the library names them in `migrations`. All changes of one batch go into one
/// `commit`, so a burst of changes costs one flush of the disk (group commit). When `commit` returns, the changes
/// survive the process and the machine.
public final class Storage: Sendable {
    /// The database's file; beside it stand the log (`-wal`) and its index (`-shm`).
    public let path: String

    private let queue: DatabaseQueue

    /// Opens the file, makes it if it is missing, and applies the migrations it has not seen.
    ///
    /// - Parameters:
    ///   - path: an absolute path in a folder that exists.
    ///   - migrations: in the order of their history; names that were released never change.
    public init(path: String, migrations: [StorageMigration]) throws(StorageError) {
        self.path = path
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            try Self.migrate(queue, by: migrations)
        } catch {
            throw StorageError("open", path: path, cause: error)
        }
    }

    /// Makes all changes of `work` or, when it throws, none; returns when they are on the disk.
    public func commit(_ work: (Database) throws -> Void) throws(StorageError) {
        do {
            try queue.write(work)
        } catch {
            throw StorageError("write", path: path, cause: error)
        }
    }

    /// Reads a state in which no batch is half done.
    public func read<Value>(_ work: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try queue.read(work)
        } catch {
            throw StorageError("read", path: path, cause: error)
        }
    }

    /// Opens the same file once more, to read it while batches are written.
    public func reader() throws(StorageError) -> StorageReader {
        do {
            var configuration = Self.configuration
            configuration.readonly = true
            configuration.journalMode = .default
            return StorageReader(path: path, queue: try DatabaseQueue(path: path, configuration: configuration))
        } catch {
            throw StorageError("open", path: path, cause: error)
        }
    }

    /// Folds the log into the file and closes both; later calls throw. Readers are to be closed before.
    public func close() throws(StorageError) {
        do {
            try queue.close()
        } catch {
            throw StorageError("close", path: path, cause: error)
        }
    }

    /// The page cache of SQLite, in KiB: the tables are small and read once.
    private static let cacheKibibytes = 512

    /// What the log may keep of the disk after a burst, in bytes.
    private static let logBytes = 4 << 20

    /// How long to wait for another process that reads the file, in seconds.
    private static let busySeconds = 5.0

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(busySeconds)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
            try database.execute(sql: "PRAGMA journal_size_limit = \(logBytes)")
        }
        return configuration
    }

    private static func migrate(_ queue: DatabaseQueue, by migrations: [StorageMigration]) throws {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { try $0.execute(sql: migration.statements) }
        }
        if try queue.read(isForeign) { throw ForeignDatabase() }
        if try queue.read(migrator.hasBeenSuperseded) { throw NewerSchema() }
        try migrator.migrate(queue)
    }

    /// Tables without the record of their migrations were made by somebody else.
    private static func isForeign(_ database: Database) throws -> Bool {
        let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
        return !tables.isEmpty && !tables.contains("grdb_migrations")
    }
}

/// One step in the history of a database's tables.
public struct StorageMigration: Sendable {
    /// Unique in the history; recorded in the file once applied.
    public let name: String

    /// SQL statements, separated by semicolons, run in one transaction.
    public let statements: String

    /// A step that runs `statements` once in a database's life.
    public init(name: String, statements: String) {
        self.name = name
        self.statements = statements
    }
}

/// The file was written by a later version of the program.
struct NewerSchema: Error {}

/// The file is a database of another program.
struct ForeignDatabase: Error {}
