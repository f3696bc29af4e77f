import Glibc
import Synchronization

/// The records that were read last, so that a launch does not read them anew. Only the store that has the folder changes them, and
/// tells.
final class RecordMemory: Sendable {
    private struct Known {
        let file: ino_t
        let size: off_t
        let record: any Sendable
    }

    private struct State {
        var known: [String: Known] = [:]
        /// How often something was forgotten: what was read before may be what was changed since.
        var changes = 0
    }

    private static let capacity = 512
    private let state = Mutex(State())

    /// The record at a path, read if it is not known; nothing if there is none.
    func record<Record: Sendable>(at path: String, _ read: () -> Record?) -> Record? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let (known, changes) = state.withLock { ($0.known[path], $0.changes) }
        if let known, known.file == status.st_ino, known.size == status.st_size, let record = known.record as? Record { return record }
        guard let record = read() else { return nil }
        state.withLock { state in
            guard state.changes == changes else { return }
            if state.known.count >= Self.capacity { state.known = [:] }
            state.known[path] = Known(file: status.st_ino, size: status.st_size, record: record)
        }
        return record
    }

    /// Whatever is known of a path is not so any more.
    func forget(_ path: String) {
        state.withLock { state in
            state.known[path] = nil
            state.changes += 1
        }
    }
}
