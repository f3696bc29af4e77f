#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A secret of the agent's own in a file that only its user can read: made by chance at the first start, kept for ever.
enum SecretFile {
    static let bytes = 32

    /// The secret in the file, which is made if it is missing.
    static func load(_ path: String) throws(AgentError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw failure("open", path) }
            return try make(path)
        }
        defer { close(descriptor) }
        var secret = [UInt8](repeating: 0, count: bytes + 1)
        let count = read(descriptor, &secret, secret.count)
        guard count == bytes else {
            throw AgentError(
                "the secret in \(path) is damaged: it must have \(bytes) bytes; remove the file to get a new one, executors that run are then not known any more"
            )
        }
        return Array(secret.prefix(bytes))
    }

    /// Written beside its place and moved there, so that a start that is cut off leaves no half of it.
    private static func make(_ path: String) throws(AgentError) -> [UInt8] {
        var secret = [UInt8](repeating: 0, count: bytes)
        guard getentropy(&secret, bytes) == 0 else { throw failure("find chance for", path) }
        let new = path + ".new"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("make", new) }
        defer { close(descriptor) }
        guard write(descriptor, secret, bytes) == bytes, fsync(descriptor) == 0, rename(new, path) == 0 else {
            throw failure("write", path)
        }
        return secret
    }

    private static func failure(_ operation: String, _ path: String) -> AgentError {
        AgentError("cannot \(operation) the secret \(path): \(String(cString: strerror(errno)))")
    }
}
