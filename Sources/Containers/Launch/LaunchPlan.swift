import CLinuxKernel
import Cluster
import LinuxKernel
import Networks

/// A launch with all that depends on the containers around it, as they stood when its name was taken.
struct LaunchPlan: Sendable {
    /// Where a container that does not see the host's files finds its sandbox; the same place as in Mesos.
    static let sandboxInImage = "/mnt/mesos/sandbox"

    var spec: ContainerSpec
    var facts: ContainerFacts
    /// The first process of the parent.
    let parent: Pidfd?
    let parentSandbox: String?
    /// Where the parent has file systems in memory: by the path in its sandbox, the path as it sees it.
    let parentMemory: [String: String]
    /// The sandbox at the top, above which no container can change anything.
    let rootSandbox: String?
    /// The nearest containers, itself included, with a cgroup that limits and one that tracks.
    let limiting: ContainerID
    let tracking: ContainerID
    /// The nearest container, itself included, with a network namespace of its own; nothing: the host's is used.
    let networkHome: ContainerID?
    /// What it has joined with a network namespace of its own.
    var network: ContainerNetwork?
    /// The nearest, itself included, that says something of processors and of disks.
    let processors: ContainerID?
    let disks: ContainerID?
    /// The project that the files of the container around it belong to.
    let projectAround: UInt32?

    /// A root that was built before, if there was one.
    var preparedRoot: PreparedRoot?

    var id: ContainerID { spec.id }

    /// The sandbox as the container sees it.
    var sandboxInside: String {
        facts.hasImageRoot ? Self.sandboxInImage : spec.sandbox
    }

    /// What is to be known of a container with this specification in the given parent.
    static func facts(of spec: ContainerSpec, parent: ContainerFacts?) -> ContainerFacts {
        var facts = ContainerFacts(sandbox: spec.sandbox, user: spec.user)
        if case .image(let layers) = spec.root {
            facts.hasOwnRoot = true
            facts.layers = layers
        }
        facts.volumeLayers = spec.imageVolumes
        facts.hasImageRoot = facts.hasOwnRoot || parent?.hasImageRoot == true
        facts.sharesPIDNamespace = spec.sharesPIDNamespace && parent != nil
        let hasOwnCgroup = parent == nil || !spec.sharesCgroup
        facts.limits = hasOwnCgroup ? spec.limits : nil
        facts.diskBytes = spec.diskBytes
        facts.isTracked = hasOwnCgroup || facts.sharesPIDNamespace
        facts.privileges = Privileges(spec.confinement)
        if case .session = spec.streams.output {
            facts.isSession = true
            if facts.privileges == Privileges() { facts.privileges = parent?.privileges ?? Privileges() }
        }
        facts.hasTerminal = spec.streams.terminal != nil
        facts.keepsInput = spec.streams.keepsInput
        facts.hasOwnNetwork = !spec.networks.isEmpty
        for folder in spec.sharedFolders { facts.folderLimits[folder.path] = folder.limitBytes }
        facts.memoryFolders = spec.volumes.compactMap { volume in
            guard case .memory = volume.source, !volume.containerPath.hasPrefix("/") else { return nil }
            return volume.containerPath
        }
        return facts
    }
}

extension LaunchPlan {
    /// Where a container has file systems in memory, by the path in its sandbox.
    static func memoryPlaces(_ facts: ContainerFacts) -> [String: String] {
        let sandbox = facts.hasImageRoot ? sandboxInImage : facts.sandbox
        let places = facts.memoryFolders.map { ($0.split(separator: "/").joined(separator: "/"), "\(sandbox)/\($0)") }
        return Dictionary(places) { first, _ in first }
    }

    /// The cgroups that its processes belong into.
    var cgroups: CgroupPlaces {
        var places = CgroupPlaces(limiting: ContainerCgroups.path(of: limiting), tracking: ContainerCgroups.path(of: tracking))
        places.processors = processors.map(ContainerCgroups.path)
        places.disks = disks.map(ContainerCgroups.path)
        return places
    }

    private struct Volume {
        let origin: agora_init_volume_origin
        var source = ""
        var content: [UInt8] = []
        /// Its size in bytes, or the descriptor of its mount.
        var number: UInt64 = 0
    }

    /// What the container's first process is told.
    func configuration(cgroupFileCount: Int, paths: RuntimeFolder.Paths, isSandboxNew: Bool, _ confinement: ResolvedConfinement) -> [UInt8]
    {
        var encoder = InitEncoder()
        encoder.number(AGORA_INIT_MAGIC)
        encoder.number(flags | confinement.flags | (isSandboxNew ? AGORA_INIT_OWN_SANDBOX.rawValue : 0))
        encoder.number(UInt32(cgroupFileCount))
        encoder.string(spec.hostname ?? "")
        encodeRoot(paths, into: &encoder)
        encoder.number(UInt32(spec.volumes.count))
        var nextMount = AGORA_INIT_FIRST_CGROUP.rawValue + UInt32(cgroupFileCount)
        for volume in spec.volumes { encode(volume, &nextMount, into: &encoder) }
        encoder.string(spec.user ?? "")
        encoder.string(workingDirectory)
        encoder.string(sandboxInside)
        encodeStreams(into: &encoder)
        encodeCommand(into: &encoder)
        confinement.encode(into: &encoder)
        return encoder.bytes
    }

    private var flags: UInt32 {
        var flags: UInt32 = 0
        func set(_ flag: agora_init_flag, _ isSet: Bool) { if isSet { flags |= flag.rawValue } }
        let isTop = parent == nil
        set(AGORA_INIT_NEW_ROOT, facts.hasOwnRoot)
        set(AGORA_INIT_PREPARED_ROOT, preparedRoot != nil)
        set(AGORA_INIT_ALONE_ON_ROOT, preparedRoot?.emptyMounts != nil)
        set(AGORA_INIT_ENTER_PARENT, !isTop)
        set(AGORA_INIT_ENTER_PARENT_MOUNTS, !isTop && !facts.hasOwnRoot)
        set(AGORA_INIT_OWN_PID_NAMESPACE, !facts.sharesPIDNamespace)
        set(AGORA_INIT_OWN_NETWORK, facts.hasOwnNetwork)
        set(AGORA_INIT_OWN_UTS_NAMESPACE, isTop || spec.hostname != nil)
        set(AGORA_INIT_OWN_IPC_NAMESPACE, isTop)
        set(AGORA_INIT_OWN_CGROUP_NAMESPACE, facts.limits != nil)
        set(AGORA_INIT_CONFINED, facts.hasImageRoot)
        let staysInMounts = facts.isSession && !facts.hasOwnRoot
        set(AGORA_INIT_STAY_IN_PARENT_MOUNTS, staysInMounts)
        set(AGORA_INIT_BIND_SANDBOX, facts.hasImageRoot && !staysInMounts)
        return flags | streamFlags
    }

    private var streamFlags: UInt32 {
        let streams = spec.streams
        var flags = streams.terminal == nil ? 0 : AGORA_INIT_TERMINAL_FOR_COMMAND.rawValue
        if streams.keepsInput && streams.terminal == nil { flags |= AGORA_INIT_KEEP_INPUT.rawValue }
        // Without a command nothing is printed.
        if streams.areRelayed && spec.command != nil { flags |= AGORA_INIT_KEEP_LOGS.rawValue }
        switch streams.output {
        case .files: break
        case .session where streams.terminal == nil: break
        case .session, .discarded: flags |= AGORA_INIT_FOREIGN_OUTPUT.rawValue
        }
        return flags
    }

    /// What sessions inside take over; nothing without a command.
    var setting: CommandSetting? {
        guard spec.command != nil else { return nil }
        let shown = spec.environment.filter { !spec.secretVariables.contains($0.0) }
        return CommandSetting(environment: shown.map { "\($0.0)=\($0.1)" }, workingDirectory: workingDirectory)
    }

    private var variables: [String] { spec.environment.map { "\($0.0)=\($0.1)" } }

    private var workingDirectory: String {
        guard let folder = spec.workingDirectory else { return sandboxInside }
        return folder.hasPrefix("/") ? folder : "\(sandboxInside)/\(folder)"
    }

    private func encodeRoot(_ paths: RuntimeFolder.Paths, into encoder: inout InitEncoder) {
        encoder.string(paths.rootPlace)
        encoder.string(paths.upper)
        encoder.string(paths.work)
        encoder.strings(rootLayers(places: paths.places))
    }

    /// What its own root consists of, lowest first; nothing if it has none.
    ///
    /// - Parameter places: a layer that goes below the image's.
    func rootLayers(places: String) -> [String] {
        guard case .image(let layers) = spec.root else { return [] }
        return layers.count < ContainerSpec.maximumLayers ? [places] + layers : layers
    }

    /// - Parameter nextMount: the descriptor of the next volume that is mounted already.
    private func encode(_ volume: VolumeMount, _ nextMount: inout UInt32, into encoder: inout InitEncoder) {
        let source =
            switch volume.source {
            case .host(let path): Volume(origin: AGORA_INIT_VOLUME_HOST, source: path)
            case .sandbox(let path): Volume(origin: AGORA_INIT_VOLUME_SANDBOX, source: path)
            case .parentSandbox(let path): parentVolume(path)
            case .secret(let content): Volume(origin: AGORA_INIT_VOLUME_SECRET, content: content)
            case .memory(let bytes): Volume(origin: AGORA_INIT_VOLUME_MEMORY, number: UInt64(clamping: bytes ?? 0))
            case .image: Volume(origin: AGORA_INIT_VOLUME_MOUNT, number: UInt64(nextMount))
            }
        let placeInSandbox = volume.containerPath.hasPrefix("/") ? Path.below(sandboxInside, volume.containerPath) : volume.containerPath
        var flags: UInt32 = volume.isReadOnly ? AGORA_INIT_VOLUME_READ_ONLY.rawValue : 0
        if placeInSandbox != nil { flags |= AGORA_INIT_VOLUME_IN_SANDBOX.rawValue }
        switch volume.propagation {
        case .usual: break
        case .hostToContainer: flags |= AGORA_INIT_VOLUME_FOLLOWS_HOST.rawValue
        case .bidirectional: flags |= AGORA_INIT_VOLUME_SHARED.rawValue
        }
        encoder.number(source.origin.rawValue)
        encoder.number(flags)
        encoder.string(source.source)
        encoder.string(placeInSandbox ?? volume.containerPath)
        encoder.blob(source.content)
        encoder.wideNumber(source.number)
        if source.origin == AGORA_INIT_VOLUME_MOUNT { nextMount += 1 }
    }

    private func parentVolume(_ path: String) -> Volume {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        for count in stride(from: parts.count, to: 0, by: -1) {
            guard let place = parentMemory[parts.prefix(count).joined(separator: "/")] else { continue }
            return Volume(
                origin: AGORA_INIT_VOLUME_PARENT_MOUNTS,
                source: ([place] + parts.dropFirst(count).map(String.init)).joined(separator: "/")
            )
        }
        return Volume(origin: AGORA_INIT_VOLUME_PARENT_SANDBOX, source: path)
    }

    private func encodeStreams(into encoder: inout InitEncoder) {
        let streams = spec.streams
        encoder.number(UInt32(streams.terminal?.columns ?? 0))
        encoder.number(UInt32(streams.terminal?.rows ?? 0))
        encoder.number(UInt32(clamping: (streams.logLimit?.bytes ?? 0) / 1024))
        encoder.number(UInt32(clamping: streams.logLimit?.files ?? 1))
    }

    private func encodeCommand(into encoder: inout InitEncoder) {
        guard let command = spec.command else {
            encoder.string("")
            encoder.strings([])
            encoder.strings([])
            return
        }
        encoder.string(command.executable)
        encoder.strings(command.arguments.isEmpty ? [command.executable] : command.arguments)
        encoder.strings(variables)
    }
}
