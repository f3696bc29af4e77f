import GRDB

/// A database that could not be opened, read or written.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What can be done about it.
    public enum Kind: Hashable, Sendable {
        /// The disk is full, or failing: worth another try later.
        case disk
        /// The file is no database, damaged, or of a later version.
        case unusableFile
        /// Everything else: a fault in a statement, or a closed database.
        case other
    }

    /// What can be done about it.
    public let kind: Kind

    /// What was tried, on which file, why it failed, what to do.
    public let description: String

    init(_ action: String, path: String, cause: any Error) {
        let (kind, reason) = Self.explain(cause)
        self.kind = kind
        description = "cannot \(action) the database \(path): \(reason)"
    }

    private static func explain(_ cause: any Error) -> (Kind, String) {
        guard let error = cause as? DatabaseError else {
            return switch cause {
            case is NewerSchema: (.unusableFile, "a later version of Agora wrote it; run that version, or move the file away")
            case is ForeignDatabase: (.unusableFile, "it has tables of another program; move the file away, or name another folder")
            default: (.other, String(describing: cause))
            }
        }
        let detail = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        return switch error.resultCode {
        case .SQLITE_FULL: (.disk, "the disk is full; free some space")
        case .SQLITE_IOERR: (.disk, "the disk does not read or write it (\(detail)); see the kernel's log")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            (.unusableFile, "it is damaged or no database (\(detail)); restore it, or move it away to begin anew")
        case .SQLITE_CANTOPEN: (.other, "the folder is missing or not writable (\(detail))")
        default: (.other, detail)
        }
    }
}
