public import Cluster
public import MesosMessages

/// What an operator's LAUNCH_CONTAINER or LAUNCH_NESTED_CONTAINER asks for.
public struct OperatorLaunch: Sendable {
    /// The container around a new one, as far as its children inherit from it.
    public struct Parent: Sendable {
        /// Its folder, absolute.
        public var sandbox: String
        /// As whom it runs; nothing: as the agent.
        public var user: String?
        /// Whether it, or one around it, sees an image instead of the host's files.
        public var hasImage: Bool
        /// The variables of its command, for sessions.
        public var environment: [EnvironmentVariable] = []
        /// Where its command was started, for sessions.
        public var workingDirectory: String?

        /// Describes it.
        public init(sandbox: String, user: String?, hasImage: Bool) {
            self.sandbox = sandbox
            self.user = user
            self.hasImage = hasImage
        }
    }

    /// The name that it shall have.
    public var id: ContainerID
    /// What it runs; nothing: what its image says, or nothing at all.
    public var command: Mesos_V1_CommandInfo?
    /// Image, volumes and the like.
    public var container: Mesos_V1_ContainerInfo?
    /// What it is to have.
    public var resources: [Mesos_V1_Resource] = []
    /// What it may use at most, by name.
    public var limits: [String: Mesos_V1_Value.Scalar] = [:]
    /// Whether it is for one caller, who gets its output, and lives in the container around it.
    public var isSession = false

    /// Asks for a container; resources and limits can be added.
    public init(id: ContainerID, command: Mesos_V1_CommandInfo?, container: Mesos_V1_ContainerInfo?) {
        self.id = id
        self.command = command
        self.container = container
    }

    /// The container to launch.
    ///
    /// Unlike Mesos, resources and limits count at any depth: a nested container that names some gets a cgroup of
    /// its own with those limits.
    /// - Parameters:
    ///   - parent: what the container around it is like; nothing at the top.
    ///   - workDirectory: below it stand the sandboxes of the top ones.
    public func plan(parent: Parent?, workDirectory: String) throws(LaunchRefusal) -> ContainerLaunch {
        let request = try ContainerRequest(command: command, container: container, resources: resources, isNested: parent != nil)
        if isSession, let parent { return try session(request, in: parent) }
        let limits = try ContainerLimits(resources: resources, limits: limits)
        try check(request, parent: parent)
        let sandbox = parent.map { Sandbox.child(id, of: $0.sandbox) } ?? Sandbox.standalone(id, workDirectory: workDirectory)
        let hasImage = request.image != nil || parent?.hasImage == true
        let variables = [EnvironmentVariable("MESOS_SANDBOX", hasImage ? Sandbox.pathInImage : sandbox)]
        return ContainerLaunch(
            id: id,
            command: request.command,
            image: request.image,
            agentVariables: variables,
            user: UserRule(requested: request.user, inherited: parent?.user),
            sandbox: sandbox,
            links: [],
            volumes: request.volumes,
            limits: limits,
            sharesCgroup: parent != nil && (request.sharesCgroup ?? (limits == ContainerLimits())),
            sharesPIDNamespace: request.sharesPIDNamespace,
            hostname: request.hostname,
            uris: request.uris,
            terminal: request.terminal,
            networks: request.networks,
            confinement: request.confinement
        )
    }

    /// Beside the parent's command: with its files, processes, variables and working directory. With an image, as Mesos
    /// has it not, all but the files: tools for a container that has none.
    private func session(_ request: ContainerRequest, in parent: Parent) throws(LaunchRefusal) -> ContainerLaunch {
        guard request.volumes.isEmpty, request.uris.isEmpty else {
            throw LaunchRefusal("container.volumes, command.uris: a session sees what the container around it has, and brings nothing")
        }
        guard request.networks.isEmpty else {
            throw LaunchRefusal("container.network_infos: a session is in the network of the container around it")
        }
        guard request.sharesCgroup != false else {
            throw LaunchRefusal(
                "container.linux_info.share_cgroups: false is not for a session, which is a part of the container around it"
            )
        }
        let hasOwnFiles = request.image != nil
        guard hasOwnFiles || !request.confinement.hasPrivateIPC && request.confinement.sharedMemoryBytes == nil else {
            throw LaunchRefusal(
                "container.linux_info.ipc_mode, shm_size: a session has the shared memory of the container around it; leave them out"
            )
        }
        var launch = ContainerLaunch(
            id: id,
            command: request.command,
            image: request.image,
            agentVariables: hasOwnFiles ? [EnvironmentVariable("MESOS_SANDBOX", Sandbox.pathInImage)] : parent.environment,
            user: UserRule(requested: request.user, inherited: parent.user),
            sandbox: parent.sandbox,
            links: [],
            volumes: [],
            limits: ContainerLimits(),
            sharesCgroup: true,
            sharesPIDNamespace: true,
            hostname: request.hostname,
            terminal: request.terminal,
            isSession: true,
            confinement: request.confinement
        )
        launch.workingDirectory = hasOwnFiles ? nil : parent.workingDirectory
        launch.replacesImageCommand = true
        return launch
    }

    private func check(_ request: ContainerRequest, parent: Parent?) throws(LaunchRefusal) {
        if parent == nil {
            guard request.sharesCgroup != true else {
                throw LaunchRefusal("container.linux_info.share_cgroups: true is for nested containers; this one has no parent")
            }
            let fromParent = request.volumes.contains { if case .parentSandbox = $0.source { true } else { false } }
            guard !fromParent else {
                throw LaunchRefusal("container.volumes: SANDBOX_PATH PARENT is for nested containers; this one has no parent")
            }
        }
        guard request.sharesCgroup != true || (resources.isEmpty && limits.isEmpty) else {
            throw LaunchRefusal("container.linux_info.share_cgroups: true contradicts resources and limits; leave it out")
        }
        let isReserved = resources.contains {
            $0.hasRevocable || $0.hasDisk || !$0.reservations.isEmpty || $0.hasReservation || ($0.hasRole && $0.role != "*")
        }
        guard !isReserved else {
            throw LaunchRefusal("resources: an operator's container has no reserved or revocable resources and no volumes")
        }
    }
}
