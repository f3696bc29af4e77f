import Glibc
public import LinuxKernel
import Logging
import Synchronization

/// What a container has once it has joined its networks.
public struct ContainerNetwork: Sendable {
    /// Where its processes belong.
    public var namespace: NetworkNamespace
    /// In the order of the requests, with interfaces eth0, eth1 and so on.
    public var networks: [JoinedNetwork]
    /// What its programs look names up in.
    public var files: NameFiles
}

extension ContainerNetworks {
    /// The most networks of one container.
    public static let maximumNetworks = 16

    /// Makes a network namespace and lets it join networks. If that fails, nothing of it is left, or what is left is
    /// written down and taken away by ``leave(_:)``.
    ///
    /// - Parameters:
    ///   - name: of the container, fit for a file and for plugins; see ``name(of:)``.
    ///   - hostname: the container's name for itself.
    ///   - isCancelled: asked now and then; true ends it with an error.
    public func join(
        _ name: String,
        hostname: String,
        owner: Descriptor? = nil,
        _ requests: [NetworkRequest],
        isCancelled: () -> Bool
    ) throws(NetworkError) -> ContainerNetwork {
        let attachments = try attachments(for: requests)
        return try holding(name) { () throws(NetworkError) in
            // What a container of that name left before goes first.
            try clear(name)
            try takePorts(of: name, requests)
            do throws(NetworkError) {
                return try make(name, hostname: hostname, owner: owner, attachments, isCancelled)
            } catch {
                do throws(NetworkError) {
                    try clear(name)
                } catch let leaving {
                    logger.error("something is left of a network", metadata: ["container": "\(name)", "reason": "\(leaving)"])
                }
                throw error
            }
        }
    }

    private func attachments(for requests: [NetworkRequest]) throws(NetworkError) -> [Attachment] {
        guard requests.count <= Self.maximumNetworks else {
            throw NetworkError("a container can join \(Self.maximumNetworks) networks, not \(requests.count)")
        }
        let catalog = NetworkCatalog(reading: configuration.configurationDirectory)
        var attachments: [Attachment] = []
        for request in requests {
            let network = try catalog.network(request.name)
            guard request.ports.isEmpty || network.has(capability: "portMappings") else {
                throw NetworkError(
                    "the network \(quoted(request.name)) maps no ports: none of its plugins has the capability portMappings; add the plugin portmap"
                )
            }
            attachments.append(Attachment(request, network, interface: network.plugins.isEmpty ? "lo" : "eth\(attachments.count)"))
        }
        guard attachments.count == 1 || attachments.allSatisfy(\.hasPlugins) else {
            throw NetworkError("the network \(quoted(NetworkConfiguration.none.name)) goes with no other: leave it out, or the others")
        }
        return attachments
    }

    private func takePorts(of name: String, _ requests: [NetworkRequest]) throws(NetworkError) {
        let ports = requests.flatMap(\.ports).map(\.key)
        let taken = state.withLock { state -> (String, String)? in
            for port in ports { if let owner = state.ports[port] { return (port, owner) } }
            for port in ports { state.ports[port] = name }
            return nil
        }
        if let taken { throw NetworkError("the port \(taken.0) of the machine leads to the container \(taken.1); choose another one") }
    }

    private func make(
        _ name: String,
        hostname: String,
        owner: Descriptor?,
        _ attachments: [Attachment],
        _ isCancelled: () -> Bool
    ) throws(NetworkError) -> ContainerNetwork {
        let (own, namespace) = try prepare(name, owner: owner, isPinned: attachments.contains(where: \.hasPlugins))
        var done: [Attachment] = []
        for attachment in attachments { done.append(try add(attachment, name, own, isCancelled)) }
        var results: [PluginResult] = []
        for attachment in done { if let result = try attachment.parsedResult() { results.append(result) } }
        try own.write(NameFileText.hosts(hostname, addresses: results.flatMap(\.addresses)), to: "hosts")
        try own.write(hostname + "\n", to: "hostname")
        try own.write(try NameFileText.resolver(results.map(\.dns)), to: "resolv.conf")
        var networks: [JoinedNetwork] = []
        for attachment in done { networks.append(try attachment.joined()) }
        return ContainerNetwork(namespace: namespace, networks: networks, files: files(of: name))
    }

    /// Makes the folder of what is written down, then the namespace, which plugins must find by a path.
    private func prepare(
        _ name: String,
        owner: Descriptor?,
        isPinned: Bool
    ) throws(NetworkError) -> (AttachmentFolder, NetworkNamespace) {
        do {
            _ = try folder.makeFolder(name, mode: 0o700)
            let namespace = if let owner { try ownedNamespaces.take(owner: owner) } else { try namespaces.take() }
            if isPinned {
                try preparePins()
                // Opened anew, as it may have become a mount.
                _ = try Folder.open(pins.path).file(name, flags: O_WRONLY | O_CREAT, mode: 0o600)
                try namespace.pin(at: pinPath(name))
            }
            return (AttachmentFolder(folder: try folder.folder(name)), namespace)
        } catch {
            throw NetworkError("\(error)")
        }
    }

    /// By one at a time: whoever came second would cover the pins of the first.
    private func preparePins() throws(KernelError) {
        let prepared = state.withLock { _ in Result { () throws(KernelError) in try NetworkNamespace.prepareFolder(pins.path) } }
        try prepared.get()
    }

    /// Calls the plugins of one interface, each written down before it is called, and what it made after that.
    private func add(
        _ attachment: Attachment,
        _ name: String,
        _ own: AttachmentFolder,
        _ isCancelled: () -> Bool
    ) throws(NetworkError) -> Attachment {
        var attachment = attachment
        guard attachment.hasPlugins else {
            attachment.result = .object(["ips": .array([.object(["address": .string("127.0.0.1/8")])])])
            try own.write(attachment)
            try checkAddresses(of: attachment)
            return attachment
        }
        let target = target(name, attachment, namespace: pinPath(name), token: try own.token())
        for index in attachment.plugins.indices {
            let type = try NetworkConfiguration.type(attachment.plugins[index])
            let program = try during(attachment) { () throws(NetworkError) in try caller.find(type) }
            attachment.called = index + 1
            attachment.isCalling = true
            try own.write(attachment)
            let input = try attachment.input(ofPlugin: index, for: .add)
            let output = try during(attachment) { () throws(NetworkError) in
                try caller.call(.add, program, input, for: target, isCancelled: isCancelled)
            }
            guard let output else {
                throw NetworkError("the network \(quoted(attachment.network)): the plugin \(type), at ADD, printed no result")
            }
            attachment.result = output
            attachment.isCalling = false
            _ = try during(attachment) { () throws(NetworkError) in try attachment.parsedResult() }
            try own.write(attachment)
        }
        try checkAddresses(of: attachment)
        return attachment
    }

    /// An address that was asked for and not given would be an option that nobody heeded.
    private func checkAddresses(of attachment: Attachment) throws(NetworkError) {
        let given = try attachment.parsedResult()?.addresses ?? []
        for wanted in attachment.request.addresses {
            let address = String(wanted.split(separator: "/").first ?? "")
            guard !given.contains(where: { PluginResult.areSame($0, address) }) else { continue }
            throw NetworkError(
                "the network \(quoted(attachment.network)) did not give the address \(quoted(wanted)) but \(given.isEmpty ? "none" : given.joined(separator: ", ")); "
                    + "leave it out, or use a network whose address management takes wishes"
            )
        }
    }

    /// Says which network a plugin's error concerns.
    func during<Value>(_ attachment: Attachment, _ body: () throws(NetworkError) -> Value) throws(NetworkError) -> Value {
        do {
            return try body()
        } catch {
            throw NetworkError("the network \(quoted(attachment.network)), interface \(attachment.interface): \(error)")
        }
    }

    func target(_ name: String, _ attachment: Attachment, namespace: String, token: Descriptor) -> PluginCaller.Target {
        PluginCaller.Target(container: containerName(name), namespace: namespace, interface: attachment.interface, token: token)
    }
}
