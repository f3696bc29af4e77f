public import LinuxKernel
public import Seccomp

/// What a container's programs are kept from, beside what its namespaces and its cgroup do. What is not said is as the
/// agent has it for all containers.
public struct Confinement: Sendable, Hashable {
    /// Which system calls they may make.
    public var seccomp = SeccompChoice.standard
    /// What the command has, whoever its user is; nothing: what its user has, within the bounding ones.
    public var effectiveCapabilities: CapabilitySet?
    /// What none of them can ever have more than; nothing: the effective ones, or the usual ones of containers.
    public var boundingCapabilities: CapabilitySet?
    /// Limits of each process, as setrlimit(2) has them.
    public var processLimits: [ProcessLimit] = []
    /// Whether the root of an image is for reading only; volumes and the sandbox are as they are.
    public var hasReadOnlyRoot = false
    /// The size of a /dev/shm of its own, in bytes; nothing: 64 MiB with an image, without one that of the container around it.
    public var sharedMemoryBytes: Int64?
    /// Whether a nested container shares no memory, semaphores and queues with the one around it.
    public var hasPrivateIPC = false
    /// Devices of the machine to be seen in the /dev of its image, beside the usual ones.
    public var devices: [DeviceRequest] = []

    /// The size of /dev/shm that nobody chose, in bytes; that of other engines.
    static let usualSharedMemory: Int64 = 64 << 20

    /// Keeps from what is usual.
    public init() {}
}

/// A limit of each process of a container.
public struct ProcessLimit: Sendable, Hashable {
    /// What is limited; the raw value is the kernel's number.
    public enum Resource: UInt32, Sendable, Hashable, CaseIterable {
        case cpu = 0
        case fileSize, data, stack, core, residentSet, processes, openFiles, lockedMemory, addressSpace, fileLocks, pendingSignals
        case messageQueues, nice, realTimePriority, realTimeTime
    }

    /// What is limited.
    public var resource: Resource
    /// What holds at first, in the resource's own unit; nothing: no limit.
    public var soft: UInt64?
    /// Up to where a process may raise that itself; nothing: without end.
    public var hard: UInt64?

    /// Limits something.
    public init(_ resource: Resource, soft: UInt64?, hard: UInt64?) {
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }
}

/// A device of the machine that a container is to see.
public struct DeviceRequest: Sendable, Hashable {
    /// Its path on the machine, below /dev.
    public var hostPath: String
    /// Where the container sees it, below /dev.
    public var containerPath: String

    /// Asks for a device, at the same path unless another is given.
    public init(_ hostPath: String, at containerPath: String? = nil) {
        self.hostPath = hostPath
        self.containerPath = containerPath ?? hostPath
    }
}
