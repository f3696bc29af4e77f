public import LinuxKernel
public import Logging
import Synchronization

/// Lets containers join networks and leave them again, by CNI plugins.
///
/// All that must be undone is written down before it is done, in a folder that outlives this object and its process:
/// after a kill at any moment, ``names()`` tells which containers have something left, and ``leave(_:)`` takes it away.
/// A container's network namespace is pinned there, so that plugins find it when the container is gone.
///
/// Calls wait for plugins, each up to a time limit: they belong on threads that may wait.
public final class ContainerNetworks: Sendable {
    struct State {
        /// Containers that join or leave at the moment.
        var busy: Set<String> = []
        /// Whose the ports of the machine are, as "tcp/8080".
        var ports: [String: String] = [:]
    }

    let configuration: NetworksConfiguration
    let caller: PluginCaller
    let folder: Folder
    let pins: Folder
    /// Tells containers of the same name of several agents on one machine apart, which share plugins and their files.
    let ground: String
    let logger: Logger
    let namespaces = NetworkNamespacePool(size: 8)
    let ownedNamespaces = OwnedNetworkNamespaces(size: 8)
    let state = Mutex(State())

    /// - Parameters:
    ///   - directory: where what must be undone is written down; absolute, of this object alone.
    ///   - ground: a short word that no other agent on this machine has.
    public init(
        configuration: NetworksConfiguration,
        directory: String,
        ground: String,
        logger: Logger
    ) throws(KernelError) {
        self.configuration = configuration
        self.ground = ground
        self.logger = logger
        caller = PluginCaller(directories: configuration.pluginDirectories, timeLimit: configuration.pluginTimeLimit)
        folder = try Folder.make("\(directory)/networks", mode: 0o700)
        pins = try Folder.make("\(directory)/namespaces", mode: 0o700)
        for name in try folder.names() { claimPorts(of: name, joined(name).map(\.request)) }
    }

    /// Lets go of what is shared with nobody: without pins, the folder for them is no mount any more.
    public func close() {
        namespaces.close()
        ownedNamespaces.close()
        do {
            if try Folder.open(pins.path).names().isEmpty { try NetworkNamespace.unpin(pins.path) }
        } catch {
            logger.warning("cannot let go of the folder for network namespaces", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Looking

    /// The containers of which something is written down.
    public func names() throws(KernelError) -> [String] { try folder.names() }

    /// The networks that a container has joined; none if it has none of its own.
    public func joined(_ name: String) -> [JoinedNetwork] {
        do {
            guard let own = try? folder.folder(name) else { return [] }
            return try AttachmentFolder(folder: own).attachments().map { attachment throws(NetworkError) in try attachment.joined() }
        } catch {
            logger.warning("cannot tell the networks of a container", metadata: ["container": "\(name)", "reason": "\(error)"])
            return []
        }
    }

    /// The files that a container with networks of its own looks names up in.
    public func files(of name: String) -> NameFiles { NameFiles(folder: "\(folder.path)/\(name)") }

    /// The pinned network namespace of a container; nothing if it has none of its own.
    public func namespace(of name: String) -> NetworkNamespace? { NetworkNamespace.pinned(at: pinPath(name)) }

    func pinPath(_ name: String) -> String { "\(pins.path)/\(name)" }

    /// By which plugins know a container; the same for ADD and DEL.
    func containerName(_ name: String) -> String { "\(name)-\(ground)" }

    // MARK: One at a time

    /// Holds a container, so that nobody else makes it join or leave.
    func holding<Value>(_ name: String, _ body: () throws(NetworkError) -> Value) throws(NetworkError) -> Value {
        let isFree = state.withLock { $0.busy.insert(name).inserted }
        guard isFree else { throw NetworkError("a former container \(name) is still leaving its networks; try again") }
        defer { state.withLock { state in _ = state.busy.remove(name) } }
        return try body()
    }

    func claimPorts(of name: String, _ requests: [NetworkRequest]) {
        state.withLock { state in
            for port in requests.flatMap(\.ports) { state.ports[port.key] = name }
        }
    }

    func freePorts(of name: String) {
        state.withLock { state in state.ports = state.ports.filter { $0.value != name } }
    }
}

extension NetworkRequest.PortMapping {
    /// The port of the machine.
    var key: String { "\(transport)/\(hostPort)" }
}
