import CLinuxKernel
import Cluster
import Glibc
import LinuxKernel
import Networks

/// What a container's first process is started with.
struct LaunchPreparation: Sendable {
    let entrance: CgroupEntrance
    let record: Descriptor
    /// Our end of the socket between us and the process.
    let control: Descriptor
    let isSandboxNew: Bool

    private let processControl: Descriptor
    private let configuration: Descriptor
    private let sandbox: Folder
    private let streams: ChildStreams
    private let parentSandbox: Folder?
    private let killSwitch: Descriptor?
    private let network: Descriptor?
    private let userNamespace: Descriptor?
    private let root: PreparedRoot?
    /// Those that are images, mounted at no path.
    private let volumes: [Descriptor]

    init(
        _ plan: LaunchPlan,
        sandbox: SandboxFolder,
        record: Descriptor,
        paths: RuntimeFolder.Paths,
        entrance: CgroupEntrance,
        confinement: ResolvedConfinement,
        userNamespace: Descriptor?,
        cgroups: ContainerCgroups
    ) throws(KernelError) {
        self.entrance = entrance
        self.record = record
        self.sandbox = sandbox.folder
        self.userNamespace = userNamespace
        root = plan.preparedRoot
        let owner = userNamespace.flatMap { namespace in plan.facts.firstID.map { (namespace: namespace, first: $0) } }
        volumes = try zip(plan.facts.volumeLayers, paths.volumes).map { layers, written throws(KernelError) in
            try Overlay.mount(layers: layers, written: written, owner: owner)
        }
        isSandboxNew = sandbox.isNew
        streams = try ChildStreams(plan.spec, sandbox: sandbox)
        parentSandbox = try plan.openParentSandbox()
        killSwitch = plan.facts.sharesPIDNamespace ? try cgroups.layout.killSwitch(of: ContainerCgroups.path(of: plan.id)) : nil
        network = plan.network?.namespace.descriptor
        (control, processControl) = try Descriptor.recordSockets()
        let content = plan.configuration(
            cgroupFileCount: entrance.files.count,
            paths: paths,
            isSandboxNew: sandbox.isNew,
            confinement
        )
        configuration = try Descriptor.memoryFile("agora-configuration", content: content)
    }

    /// At the numbers that the process knows them by.
    func descriptors(input: Descriptor, parent: Pidfd?) -> [Descriptor?] {
        var numbered: [(agora_init_descriptor, Descriptor?)] = [
            (AGORA_INIT_STDIN, streams.input ?? input), (AGORA_INIT_STDOUT, streams.output), (AGORA_INIT_STDERR, streams.errors),
            (AGORA_INIT_CONTROL, processControl), (AGORA_INIT_CONFIGURATION, configuration), (AGORA_INIT_STATUS, record),
            (AGORA_INIT_PARENT, parent?.descriptor), (AGORA_INIT_SANDBOX, sandbox.descriptor),
            (AGORA_INIT_PARENT_SANDBOX, parentSandbox?.descriptor), (AGORA_INIT_KILL, killSwitch),
            (AGORA_INIT_NETWORK, network),
            (AGORA_INIT_USER_NAMESPACE, userNamespace), (AGORA_INIT_ROOT, root?.mount),
            (AGORA_INIT_EMPTY_MOUNTS, root?.emptyMounts?.descriptor),
        ]
        numbered.sort { $0.0.rawValue < $1.0.rawValue }
        return numbered.map(\.1) + entrance.files + volumes
    }

    /// Lets the process run the command.
    func giveLeave() throws(KernelError) {
        let size = send(control.number, "1", 1, Int32(MSG_NOSIGNAL))
        // A process that has ended has said why, or will have its end looked at.
        guard size == 1 || errno == EPIPE || errno == ECONNRESET else {
            throw KernelError("give a container leave to run", code: errno)
        }
    }
}

extension LaunchPlan {
    /// The parent's sandbox, if a volume comes from there.
    fileprivate func openParentSandbox() throws(KernelError) -> Folder? {
        let isNeeded = spec.volumes.contains { if case .parentSandbox = $0.source { true } else { false } }
        guard isNeeded, let parentSandbox else { return nil }
        return try SandboxFolder.open(parentSandbox, rootSandbox: rootSandbox)
    }
}
