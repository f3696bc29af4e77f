import AgentCore
import Containers
import Images
import LinuxKernel
import MesosMessages
import Networks

extension ContainerSpec {
    /// The container that a launch asks for, in the image that was pulled for it, still without its volumes.
    init(_ launch: ContainerLaunch, image: Image?) throws(LaunchRefusal) {
        let configuration = image?.configuration
        self.init(
            id: launch.id,
            command: try Self.command(of: launch, configuration),
            environment: Self.environment(of: launch, configuration),
            workingDirectory: launch.workingDirectory ?? configuration?.workingDirectory,
            user: launch.user.user(imageUser: configuration?.user),
            root: image.map { .image(layers: $0.layers) } ?? .parent,
            sandbox: launch.sandbox,
            limits: ResourceLimits(launch.limits),
            sharesCgroup: launch.sharesCgroup,
            sharesPIDNamespace: launch.sharesPIDNamespace,
            hostname: launch.hostname
        )
        streams.terminal = launch.terminal.map { TerminalSize(columns: $0.columns, rows: $0.rows) }
        streams.keepsInput = launch.keepsInput
        secretVariables = Set((launch.command?.environment.variables ?? []).filter { $0.type == .secret }.map(\.name))
        networks = launch.networks.map(NetworkRequest.init)
        addressVariable = "MESOS_CONTAINER_IP"
        diskBytes = launch.limits.diskBytes
        gpus = launch.limits.gpus
        sharedFolders = launch.sharedFolders.map { Containers.SharedFolder(path: $0.path, limitBytes: $0.limitBytes) }
        confinement = Confinement(launch.confinement)
    }

    /// Nothing if neither the request nor an image names a program: the container only holds others.
    private static func command(
        of launch: ContainerLaunch,
        _ image: ImageConfiguration?
    ) throws(LaunchRefusal) -> ContainerCommand? {
        guard launch.command != nil || image != nil else { return nil }
        let program = try ContainerProgram(
            for: launch.command,
            imageEntrypoint: image?.entrypoint ?? [],
            imageCommand: image?.command ?? [],
            replacesImageCommand: launch.replacesImageCommand
        )
        return ContainerCommand(executable: program.executable, arguments: program.arguments)
    }

    /// A search path, then the image's variables, then the agent's, then the command's: later ones win.
    private static func environment(of launch: ContainerLaunch, _ image: ImageConfiguration?) -> [(String, String)] {
        var variables = [EnvironmentVariable("PATH", Self.searchPath)]
        for text in image?.environment ?? [] {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables.append(EnvironmentVariable(String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
        }
        variables += launch.agentVariables
        for variable in launch.command?.environment.variables ?? [] {
            let value = variable.type == .secret ? String(decoding: variable.secret.value.data, as: UTF8.self) : variable.value
            variables.append(EnvironmentVariable(variable.name, value))
        }
        var positions: [String: Int] = [:]
        var merged: [(String, String)] = []
        for variable in variables {
            if let position = positions[variable.name] {
                merged[position].1 = variable.value
            } else {
                positions[variable.name] = merged.count
                merged.append((variable.name, variable.value))
            }
        }
        return merged
    }

    private static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

extension VolumeMount {
    /// - Parameter images: those that were pulled for it.
    init(_ volume: ContainerVolume, _ images: [ImageRequest: Image]) {
        let source: VolumeMount.Source =
            switch volume.source {
            case .host(let path): .host(path)
            case .sandbox(let path): .sandbox(path)
            case .parentSandbox(let path): .parentSandbox(path)
            case .secret(let content): .secret(content)
            case .memory(let bytes): .memory(bytes: bytes)
            case .image(let request): .image(layers: images[request]?.layers ?? [])
            }
        self.init(source: source, containerPath: volume.containerPath, isReadOnly: volume.isReadOnly)
        propagation =
            switch volume.propagation {
            case .usual: .usual
            case .hostToContainer: .hostToContainer
            case .bidirectional: .bidirectional
            }
    }
}

extension ResourceLimits {
    init(_ limits: ContainerLimits) {
        self.init(cpus: limits.cpus, cpuLimit: limits.cpuLimit, memoryBytes: limits.memoryBytes, pids: limits.pids)
        memorySoftBytes = limits.memorySoftBytes
        processors = limits.processors
        ioWeight = limits.ioWeight
    }
}

extension ContainerExit {
    init(_ termination: ContainerTermination) {
        let limitation: Limitation? =
            switch termination.limitation {
            case .memory(let limit): .memory(limitBytes: limit)
            case .disk(let limit, _): .disk(limitBytes: limit)
            case nil: nil
            }
        self.init(waitStatus: termination.waitStatus, limitation: limitation, message: termination.message)
        use = termination.use.map(Use.init)
    }
}

extension ContainerExit.Use {
    fileprivate init(_ use: ContainerUse) {
        self.init()
        memoryPeakBytes = use.memoryPeakBytes
        memoryLimitBytes = use.memoryLimitBytes
        cpuUserMicroseconds = use.cpuUserMicroseconds
        cpuSystemMicroseconds = use.cpuSystemMicroseconds
        isShared = use.isShared
    }
}
