/// Where networks and their plugins are, and what plugins may take.
public struct NetworksConfiguration: Sendable {
    /// The folder with the descriptions of networks.
    public var configurationDirectory = "/etc/cni/net.d"
    /// The folders in which plugins are looked for, in this order.
    public var pluginDirectories = ["/usr/lib/cni", "/opt/cni/bin"]
    /// How long one call of a plugin may take.
    public var pluginTimeLimit = Duration.seconds(60)

    /// The usual places.
    public init() {}
}
