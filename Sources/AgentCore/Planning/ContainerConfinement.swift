public import MesosMessages

/// What a container's programs are kept from; what is not said is as the agent has it for all containers.
public struct ContainerConfinement: Hashable, Sendable {
    /// Which system calls they may make.
    public enum Seccomp: Hashable, Sendable {
        /// The agent's default.
        case standard
        /// A profile in the agent's folder.
        case named(String)
        /// All.
        case unconfined
    }

    /// A limit of each process.
    public struct ProcessLimit: Hashable, Sendable {
        /// What is limited.
        public var type: Mesos_V1_RLimitInfo.RLimit.TypeEnum
        /// In the resource's own unit; nothing in both: no limit.
        public var soft: UInt64?
        /// Up to where a process may raise that itself.
        public var hard: UInt64?
    }

    /// Which system calls they may make.
    public var seccomp = Seccomp.standard
    /// What the command has, whoever its user is: one bit for each capability, as the kernel numbers them.
    public var effectiveCapabilities: UInt64?
    /// What none of them can have more than.
    public var boundingCapabilities: UInt64?
    /// Limits of each process.
    public var processLimits: [ProcessLimit] = []
    /// The size of /dev/shm, in bytes.
    public var sharedMemoryBytes: Int64?
    /// Whether a nested container has an IPC namespace of its own.
    public var hasPrivateIPC = false
    /// Whether the root of its image is for reading only.
    public var hasReadOnlyRoot = false
    /// Devices of the machine, by their paths below /dev.
    public var devices: [String] = []

    /// As the agent has it.
    public init() {}

    /// - Parameter isNested: whether there is a container around it.
    init(_ container: Mesos_V1_ContainerInfo, isNested: Bool) throws(LaunchRefusal) {
        processLimits = try Self.limits(container.rlimitInfo)
        let info = container.linuxInfo
        seccomp = try Seccomp(info)
        effectiveCapabilities = try Self.effectiveCapabilities(of: info)
        if info.hasBoundingCapabilities {
            boundingCapabilities = try Self.bits(info.boundingCapabilities, "bounding_capabilities")
        }
        if let effectiveCapabilities, let boundingCapabilities, effectiveCapabilities & ~boundingCapabilities != 0 {
            throw LaunchRefusal("container.linux_info.effective_capabilities: are not all among the bounding_capabilities")
        }
        try readMemory(info, isNested: isNested)
    }

    private mutating func readMemory(_ info: Mesos_V1_LinuxInfo, isNested: Bool) throws(LaunchRefusal) {
        let isShared = info.hasIpcMode && info.ipcMode == .shareParent
        guard !info.hasIpcMode || info.ipcMode != .unknown else {
            throw LaunchRefusal("container.linux_info.ipc_mode: must be PRIVATE or SHARE_PARENT")
        }
        guard isNested || !isShared else {
            throw .unsupported("container.linux_info.ipc_mode", "sharing the host's IPC namespace (SHARE_PARENT at the top) is")
        }
        hasPrivateIPC = isNested && info.hasIpcMode && info.ipcMode == .private
        guard info.hasShmSize else { return }
        guard info.shmSize > 0 else { throw LaunchRefusal("container.linux_info.shm_size: must be above 0, in MB") }
        guard !isShared else {
            throw LaunchRefusal("container.linux_info.shm_size: contradicts ipc_mode SHARE_PARENT, by which the size is the parent's")
        }
        sharedMemoryBytes = Int64(info.shmSize) << 20
    }
}

extension ContainerConfinement {
    /// `capability_info` is the older name of the field.
    private static func effectiveCapabilities(of info: Mesos_V1_LinuxInfo) throws(LaunchRefusal) -> UInt64? {
        guard !info.hasCapabilityInfo || !info.hasEffectiveCapabilities else {
            throw LaunchRefusal("container.linux_info.capability_info: is the older name of effective_capabilities; give one of them")
        }
        if info.hasCapabilityInfo { return try bits(info.capabilityInfo, "capability_info") }
        return info.hasEffectiveCapabilities ? try bits(info.effectiveCapabilities, "effective_capabilities") : nil
    }

    /// In the message they are numbered from 1000 on, in the kernel's order.
    private static func bits(_ info: Mesos_V1_CapabilityInfo, _ field: String) throws(LaunchRefusal) -> UInt64 {
        var bits: UInt64 = 0
        for capability in info.capabilities {
            let number = capability.rawValue - 1000
            guard (0..<64).contains(number) else {
                throw LaunchRefusal("container.linux_info.\(field): has a capability that is none of Linux's")
            }
            bits |= 1 << UInt64(number)
        }
        return bits
    }

    private static func limits(_ info: Mesos_V1_RLimitInfo) throws(LaunchRefusal) -> [ProcessLimit] {
        let field = "container.rlimit_info.rlimits"
        var limits: [ProcessLimit] = []
        for limit in info.rlimits {
            guard limit.type != .unknown else { throw LaunchRefusal("\(field).type: missing, or none that is known") }
            guard !limits.contains(where: { $0.type == limit.type }) else { throw LaunchRefusal("\(field): \(limit.type) is there twice") }
            guard limit.hasSoft == limit.hasHard else {
                throw LaunchRefusal("\(field): \(limit.type) needs both soft and hard, or neither, which means no limit")
            }
            guard limit.soft <= limit.hard else { throw LaunchRefusal("\(field): \(limit.type) has a soft limit above the hard one") }
            limits.append(
                ProcessLimit(type: limit.type, soft: limit.hasSoft ? limit.soft : nil, hard: limit.hasHard ? limit.hard : nil)
            )
        }
        return limits
    }
}

extension ContainerConfinement.Seccomp {
    fileprivate init(_ info: Mesos_V1_LinuxInfo) throws(LaunchRefusal) {
        let field = "container.linux_info.seccomp"
        guard info.hasSeccomp else {
            self = .standard
            return
        }
        guard !info.seccomp.hasProfileName else {
            guard !info.seccomp.unconfined else { throw LaunchRefusal("\(field): has a profile_name and is unconfined; give one of them") }
            let name = info.seccomp.profileName
            guard !name.isEmpty, !name.contains("/"), !name.contains("\0"), name != ".", name != ".." else {
                throw LaunchRefusal("\(field).profile_name: must be the name of a file in the agent's folder of profiles")
            }
            self = .named(name)
            return
        }
        self = info.seccomp.unconfined ? .unconfined : .standard
    }
}
