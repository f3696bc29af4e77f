/// One interface of a container: what is to be called to make it and to take it away, and how far that went. It is
/// written down before and after each call of a plugin.
struct Attachment: Hashable, Sendable, Codable {
    /// The name of the interface in the container.
    var interface: String
    var request: NetworkRequest
    /// The network as it was described when the container joined it: the file may change meanwhile.
    var network: String
    var version: CNIVersion
    var plugins: [JSONValue]
    /// How many plugins were called to make it. The last of them may not have come to its end.
    var called = 0
    /// Whether a call of a plugin was begun of which it is not known how it ended.
    var isCalling = false
    /// What the plugins made, as the last that came to its end told it.
    var result: JSONValue?
    /// Whether its description says that plugins are not to be asked how it is; nothing in what older agents wrote.
    var isUnchecked: Bool?

    init(_ request: NetworkRequest, _ network: NetworkConfiguration, interface: String) {
        self.interface = interface
        self.request = request
        self.network = network.name
        version = network.version
        plugins = network.plugins
        isUnchecked = network.isUnchecked
    }

    /// Whether anybody is to be called for it.
    var hasPlugins: Bool { !plugins.isEmpty }

    /// What a plugin is told: its configuration with the network's name and version, what was asked for, and what those
    /// before it have made. See the specification, "Deriving execution configuration from plugin configuration".
    func input(ofPlugin index: Int, for command: PluginCaller.Command) throws(NetworkError) -> JSONValue {
        var input = plugins[index]
        input["name"] = .string(network)
        input["cniVersion"] = .string(version.rawValue)
        input["prevResult"] = nil
        let hasPrevious = command == .add ? version.hasPreviousResult : version.hasPreviousResultAtRemoval
        if hasPrevious, let result { input["prevResult"] = result }
        let runtime = runtimeConfiguration(of: plugins[index])
        input["runtimeConfig"] = runtime.isEmpty ? nil : .object(runtime)
        input["capabilities"] = nil
        let arguments = try arguments(of: plugins[index])
        if !arguments.isEmpty { input["args"] = .object(arguments) }
        return input
    }

    /// What a plugin says it can deal with, of what was asked for.
    private func runtimeConfiguration(of plugin: JSONValue) -> [String: JSONValue] {
        var runtime: [String: JSONValue] = [:]
        if !request.ports.isEmpty, NetworkConfiguration.plugin(plugin, has: "portMappings") {
            runtime["portMappings"] = .array(request.ports.map(\.json))
        }
        if !request.addresses.isEmpty, NetworkConfiguration.plugin(plugin, has: "ips") {
            runtime["ips"] = .array(request.addresses.map { .string($0) })
        }
        return runtime
    }

    /// By convention, `args.cni.ips` are addresses that the container wants.
    private func arguments(of plugin: JSONValue) throws(NetworkError) -> [String: JSONValue] {
        var arguments = plugin["args"]?.object ?? [:]
        if let text = request.arguments {
            guard let own = JSONValue(parsing: Array(text.utf8))?.object else {
                throw NetworkError("the arguments for the network \(quoted(network)) are no JSON object")
            }
            arguments.merge(own) { _, own in own }
        }
        if !request.addresses.isEmpty { arguments["cni"] = .object(["ips": .array(request.addresses.map { .string($0) })]) }
        return arguments
    }

    /// The network as the container has it.
    func joined() throws(NetworkError) -> JoinedNetwork {
        JoinedNetwork(request: request, interface: interface, addresses: try parsedResult()?.addresses ?? [])
    }

    func parsedResult() throws(NetworkError) -> PluginResult? {
        guard let result else { return nil }
        return try PluginResult(result, version: version)
    }
}

extension NetworkRequest.PortMapping {
    fileprivate var json: JSONValue {
        .object([
            "hostPort": .integer(Int64(hostPort)), "containerPort": .integer(Int64(containerPort)), "protocol": .string(transport),
        ])
    }
}
