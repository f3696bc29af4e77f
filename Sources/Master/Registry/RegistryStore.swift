import Logging
import MasterCore
import Storage

/// A master's registry on disk.
final class RegistryStore: Sendable {
    private let folder: RegistryFolder
    private let storage: Storage
    private let reserve: DiskReserve
    private let logger: Logger

    /// Opens the registry; nothing is kept in memory.
    static func open(_ place: RegistryPlace, _ logger: Logger) throws(MasterError) -> RegistryStore? {
        guard let path = place.folder else { return nil }
        return try RegistryStore(RegistryFolder(path), logger)
    }

    private init(_ folder: RegistryFolder, _ logger: Logger) throws(MasterError) {
        self.folder = folder
        self.logger = logger
        try folder.checkNothingIsLost()
        do throws(StorageError) {
            storage = try Storage(path: folder.database, migrations: RegistryTables.migrations)
        } catch {
            throw MasterError(error.description)
        }
        try folder.mark()
        reserve = DiskReserve(path: folder.reserve, bytes: Self.reserveBytes)
    }

    /// The database's file.
    var path: String { folder.database }

    /// All that was written down.
    func load() throws(MasterError) -> Registry {
        do throws(StorageError) {
            return try storage.read(RegistryTables.load)
        } catch {
            throw MasterError("\(error.description); restore it from a copy, or move it and registry.lock away to begin anew")
        }
    }

    /// Writes a batch down; on a full disk into the space in reserve. Returns when it is on the disk.
    func commit(_ changes: [RegistryChange]) throws(MasterError) {
        while true {
            do throws(StorageError) {
                try storage.commit { database in
                    for change in changes { try RegistryTables.apply(change, to: database) }
                }
                return reserve.restore()
            } catch {
                guard error.kind == .disk, reserve.release() else { throw MasterError(error.description) }
                logger.error("cannot write the registry; using the space in reserve", metadata: ["reason": "\(error)"])
            }
        }
    }

    func close() {
        do {
            try storage.close()
        } catch {
            logger.warning("cannot close the registry", metadata: ["reason": "\(error)"])
        }
    }

    /// Enough for thousands of registrations.
    private static let reserveBytes = 4 << 20
}
