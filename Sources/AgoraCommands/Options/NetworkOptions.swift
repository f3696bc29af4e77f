import Agent
import ArgumentParser
import Networks

/// Where an agent finds the networks that containers can join, by the names of Mesos's flags.
struct NetworkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder with the descriptions of networks that containers can join (CNI).", valueName: "folder"))
    var networkCniConfigDir = NetworksConfiguration().configurationDirectory
    @Option(help: ArgumentHelp("The folders with the plugins of networks, separated by colons.", valueName: "folders"))
    var networkCniPluginsDir = NetworksConfiguration().pluginDirectories.joined(separator: ":")
    @Option(help: ArgumentHelp("How long one call of a plugin may take.", valueName: "duration"))
    var networkPluginTimeout = DurationArgument(NetworksConfiguration().pluginTimeLimit)

    func validate() throws {
        guard networkCniConfigDir.hasPrefix("/") else { throw ValidationError("--network-cni-config-dir must be an absolute path.") }
        guard !folders.isEmpty, folders.allSatisfy({ $0.hasPrefix("/") }) else {
            throw ValidationError("--network-cni-plugins-dir must be absolute paths, separated by colons.")
        }
        guard networkPluginTimeout.duration >= .seconds(1) else { throw ValidationError("--network-plugin-timeout must be at least 1s.") }
    }

    private var folders: [String] { networkCniPluginsDir.split(separator: ":").map(String.init) }

    func apply(to configuration: inout AgentConfiguration) {
        configuration.networks.configurationDirectory = networkCniConfigDir
        configuration.networks.pluginDirectories = folders
        configuration.networks.pluginTimeLimit = networkPluginTimeout.duration
    }
}
