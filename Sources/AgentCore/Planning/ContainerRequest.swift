import MesosMessages

/// What a CommandInfo and a ContainerInfo ask for, once they are known to ask for nothing that is not built.
struct ContainerRequest {
    var command: Mesos_V1_CommandInfo?
    var image: ImageRequest?
    var volumes: [ContainerVolume] = []
    var user: String?
    var sharesPIDNamespace = false
    /// Nothing: not said.
    var sharesCgroup: Bool?
    var hostname: String?
    var uris: [FetchURI] = []
    var terminal: TerminalRequest?
    /// The networks of its own; none: it uses that of the container around it, or the host's.
    var networks: [Mesos_V1_NetworkInfo] = []
    var confinement = ContainerConfinement()

    /// - Parameters:
    ///   - resources: what it has, as far as ports of the machine go.
    ///   - isNested: whether there is a container around it, with which it can share.
    init(
        command: Mesos_V1_CommandInfo?,
        container: Mesos_V1_ContainerInfo?,
        resources: [Mesos_V1_Resource] = [],
        isNested: Bool
    ) throws(LaunchRefusal) {
        if let command {
            try Self.check(command)
            self.command = command
            user = command.hasUser ? command.user : nil
            uris = try FetchURI.list(command)
        }
        if let container { try read(container, resources, isNested) }
        // Without an image the program must be named; with one, only the image itself can tell.
        if command != nil && image == nil { _ = try ContainerProgram(for: command, imageEntrypoint: [], imageCommand: []) }
    }

    private static func check(_ command: Mesos_V1_CommandInfo) throws(LaunchRefusal) {
        for text in command.arguments + [command.value, command.user] where text.contains("\0") {
            throw LaunchRefusal("command: a text contains the character NUL, which no program can receive")
        }
        guard !command.hasUser || !command.user.isEmpty else { throw LaunchRefusal("command.user: is empty") }
        for variable in command.environment.variables {
            try check(variable)
        }
    }

    private static func check(_ variable: Mesos_V1_Environment.Variable) throws(LaunchRefusal) {
        let field = "command.environment.\(variable.name)"
        guard !variable.name.isEmpty, !variable.name.contains("="), !variable.name.contains("\0") else {
            throw LaunchRefusal("\(field): a variable's name must not be empty and has no \"=\" and no NUL")
        }
        if variable.type == .secret {
            guard variable.hasSecret, !variable.hasValue else {
                throw LaunchRefusal("\(field): of type SECRET, it must have a secret and no value")
            }
            _ = try SecretValue.text(of: variable.secret, "\(field).secret")
            return
        }
        guard variable.type == .value, !variable.hasSecret else {
            throw LaunchRefusal("\(field): must be of type VALUE with a value, or of type SECRET with a secret")
        }
        guard variable.hasValue, !variable.value.contains("\0") else {
            throw LaunchRefusal("\(field): the value is missing or contains the character NUL")
        }
    }

    private mutating func read(
        _ container: Mesos_V1_ContainerInfo,
        _ resources: [Mesos_V1_Resource],
        _ isNested: Bool
    ) throws(LaunchRefusal) {
        guard container.type == .mesos, !container.hasDocker else {
            throw LaunchRefusal(
                "container.type: DOCKER needs the Docker daemon, which Agora does not use; set type MESOS and put the image into mesos.image"
            )
        }
        if container.hasTtyInfo { terminal = try TerminalRequest(container.ttyInfo) }
        networks = try NetworkWishes(container.networkInfos, resources: resources).networks
        if container.hasLinuxInfo { try read(container.linuxInfo, isNested) }
        confinement = try ContainerConfinement(container, isNested: isNested)
        if container.hasMesos, container.mesos.hasImage { image = try ImageRequest(container.mesos.image, "container.mesos.image") }
        hostname = container.hasHostname ? container.hostname : nil
        for volume in container.volumes { volumes.append(try ContainerVolume(volume)) }
    }

    private mutating func read(_ info: Mesos_V1_LinuxInfo, _ isNested: Bool) throws(LaunchRefusal) {
        guard isNested || !info.sharePidNamespace else {
            throw .unsupported("container.linux_info.share_pid_namespace", "sharing the host's processes is")
        }
        sharesPIDNamespace = info.sharePidNamespace
        sharesCgroup = info.hasShareCgroups ? info.shareCgroups : nil
    }
}

extension ImageRequest {
    /// - Parameter field: the name of the message, for refusals.
    init(_ image: Mesos_V1_Image, _ field: String) throws(LaunchRefusal) {
        guard image.type == .docker, image.hasDocker else { throw .unsupported(field, "APPC images are") }
        guard !image.docker.hasCredential else {
            throw LaunchRefusal(
                "\(field).docker.credential: not supported by this version of Agora; put a Docker configuration into config"
            )
        }
        guard !image.docker.name.isEmpty else { throw LaunchRefusal("\(field).docker.name: is empty") }
        self.init(reference: image.docker.name, isCached: image.cached)
        if image.docker.hasConfig { dockerConfiguration = try Self.value(of: image.docker.config, "\(field).docker.config") }
    }

    private static func value(of secret: Mesos_V1_Secret, _ field: String) throws(LaunchRefusal) -> [UInt8] {
        let bytes = try SecretValue.bytes(of: secret, field)
        guard !bytes.isEmpty else { throw LaunchRefusal("\(field).value: is missing or empty") }
        return bytes
    }
}
