import Storage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A master's folder: who has it locked, and what stands where.
///
/// | path | what |
/// |---|---|
/// | `registry.db` | what a restarted master must know |
/// | `registry.db.reserve` | space that is given up when the disk is full |
/// | `registry.lock` | held by the running master; says that there was a registry here |
final class RegistryFolder: Sendable {
    let path: String
    private let lock: FileLock

    /// Makes what is missing and locks it.
    init(_ path: String) throws(MasterError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw MasterError("the master's work directory must be an absolute path, is \"\(path)\"")
        }
        try Self.makeFolders(path)
        guard let lock = FileLock(path: "\(path)/registry.lock") else { throw Self.locked(path, errno) }
        self.path = path
        self.lock = lock
    }

    var database: String { "\(path)/registry.db" }
    var reserve: String { "\(path)/registry.db.reserve" }

    /// Refuses to begin anew where a registry was: it is lost, and somebody has to know.
    func checkNothingIsLost() throws(MasterError) {
        guard !lock.read().isEmpty else { return }
        var facts = stat()
        guard stat(database, &facts) != 0 || facts.st_size == 0 else { return }
        throw MasterError(
            """
            the registry \(database) was here and is lost: restore it from a copy; or, to begin anew and learn from the agents what runs, \
            remove \(path)/registry.lock
            """
        )
    }

    /// From now on there is a registry here.
    func mark() throws(MasterError) {
        guard lock.read().isEmpty else { return }
        guard lock.write("registry.db\n") else {
            throw MasterError("cannot write \(path)/registry.lock: \(String(cString: strerror(errno)))")
        }
    }

    private static func locked(_ path: String, _ code: Int32) -> MasterError {
        guard code == EWOULDBLOCK else { return MasterError("cannot open \(path)/registry.lock: \(String(cString: strerror(code)))") }
        return MasterError("another master uses the work directory \(path); stop it, or give this one a work directory of its own")
    }

    private static func makeFolders(_ path: String) throws(MasterError) {
        var partial = ""
        for component in path.split(separator: "/") {
            partial += "/\(component)"
            guard mkdir(partial, 0o700) != 0, errno != EEXIST else { continue }
            let reason = String(cString: strerror(errno))
            throw MasterError("cannot make the folder \(partial): \(reason); name another by --work-dir, or use --registry in_memory")
        }
    }
}
