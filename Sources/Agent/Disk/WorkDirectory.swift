import LinuxKernel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The agent's folder: who has it locked, and what stands where.
///
/// | path | what |
/// |---|---|
/// | `meta/agent.db` | what a restarted agent must know |
/// | `meta/agent.lock` | held by the running agent |
/// | `meta/executor.key` | what the tokens of executors are signed with |
/// | `slaves/<agent>/frameworks/…` | sandboxes of executors and their tasks |
/// | `containers/<id>` | sandboxes of containers that operators launched |
/// | `images` | pulled images |
/// | `writable` | what containers wrote into their images, while they are there |
/// | `fetched` | files that several tasks fetch; emptied when the agent starts |
/// | `run` | state of running containers, unless set otherwise |
final class WorkDirectory: Sendable {
    let path: String
    private let lock: Int32

    /// Makes what is missing and locks it.
    init(_ path: String) throws(AgentError) {
        guard path.hasPrefix("/"), !path.contains("\0") else {
            throw AgentError("the work directory must be an absolute path, is \"\(path)\"")
        }
        try Self.makeFolders(path, mode: 0o755)
        guard let resolved = realpath(path, nil) else {
            throw AgentError("cannot follow the work directory \(path): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        let path = String(cString: resolved)
        self.path = path
        for (name, mode) in [("meta", 0o700), ("containers", 0o755), ("slaves", 0o755)] as [(String, mode_t)] {
            try Self.makeFolders("\(path)/\(name)", mode: mode)
        }
        lock = try Self.lock("\(path)/meta/agent.lock", workDirectory: path)
    }

    deinit {
        close(lock)
    }

    /// Lets another agent use the folder.
    func unlock() {
        flock(lock, LOCK_UN)
    }

    var database: String { "\(path)/meta/agent.db" }
    var executorSecret: String { "\(path)/meta/executor.key" }
    var images: String { "\(path)/images" }
    var fetchedFiles: String { "\(path)/fetched" }
    var defaultRuntime: String { "\(path)/run" }
    var writableLayers: String { "\(path)/writable" }

    static func makeFolders(_ path: String, mode: mode_t) throws(AgentError) {
        var partial = ""
        for component in path.split(separator: "/") {
            partial += "/\(component)"
            guard mkdir(partial, mode) != 0, errno != EEXIST else { continue }
            throw AgentError("cannot make the folder \(partial): \(String(cString: strerror(errno)))")
        }
    }

    private static func lock(_ path: String, workDirectory: String) throws(AgentError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw AgentError("cannot open \(path): \(String(cString: strerror(errno)))") }
        guard holdLock(on: descriptor) else {
            close(descriptor)
            throw AgentError(
                "another agent uses the work directory \(workDirectory); stop it, or give this one a work directory of its own"
            )
        }
        return descriptor
    }
}
