public import GRDB
import Synchronization

/// A way to a database that is in nobody's way: neither waits for the other.
public final class StorageReader: Sendable {
    private let path: String
    /// Who reads holds it until he is done, whoever closes this meanwhile.
    private let queue: Mutex<DatabaseQueue?>

    init(path: String, queue: DatabaseQueue) {
        self.path = path
        self.queue = Mutex(queue)
    }

    /// Reads a state in which no batch is half done.
    public func read<Value>(_ work: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            guard let queue = queue.withLock({ $0 }) else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "it is closed") }
            return try queue.read(work)
        } catch {
            throw StorageError("read", path: path, cause: error)
        }
    }

    /// Closes it as soon as nobody reads; later calls throw.
    public func close() {
        queue.withLock { $0 = nil }
    }
}
