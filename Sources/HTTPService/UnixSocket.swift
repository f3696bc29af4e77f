import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The place of a listening unix domain socket. See unix(7).
struct UnixSocket: Sendable {
    let path: String
    let address: SocketAddress

    /// Checks the path and clears what a former process left there.
    init(_ path: String) throws(HTTPServiceError) {
        self.path = path
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.contains("\0") else {
            throw .cannotListenOnSocket(path: path, reason: "the path must be absolute and name a file")
        }
        guard path.utf8.count <= Self.longestPath else {
            throw .cannotListenOnSocket(path: path, reason: "the path has \(path.utf8.count) bytes; the kernel takes \(Self.longestPath)")
        }
        do {
            address = try SocketAddress(unixDomainSocketPath: path)
        } catch {
            throw .cannotListenOnSocket(path: path, reason: "\(error)")
        }
        try clear()
    }

    /// `sun_path` has 108 bytes, one of them the end of the text.
    private static let longestPath = 107

    /// A dead socket is removed; one that somebody listens on, or anything else, is left alone.
    private func clear() throws(HTTPServiceError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw .cannotListenOnSocket(path: path, reason: "something else than a socket stands there; choose another path")
        }
        guard !isAlive else {
            throw .cannotListenOnSocket(path: path, reason: "another process listens there; stop it, or choose another path")
        }
        unlink(path)
    }

    private var isAlive: Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return address.withSockAddr { connect(descriptor, $0, socklen_t($1)) } == 0
    }

    /// Programs of every user may connect, as they may by TCP; who they are their calls must say.
    func admitEverybody() {
        chmod(path, 0o666)
    }

    func remove() {
        unlink(path)
    }
}
