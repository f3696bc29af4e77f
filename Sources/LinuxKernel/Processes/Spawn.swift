import CLinuxKernel

/// A process to start that takes nothing along but the descriptors it is given.
public struct Spawn: Sendable {
    /// The program.
    public var executable: Descriptor
    /// Its `argv[0]`.
    public var name: String
    /// What become its descriptors 0, 1, 2 and so on; a number without one is closed.
    public var descriptors: [Descriptor?]
    /// A process in whose pid namespace the new one is born; nothing: this process's own.
    public var pidNamespace: Pidfd?
    /// Whether it is the first process of a pid namespace of its own, below that one.
    public var isFirstOfPIDNamespace: Bool
    /// The folder of a v2 cgroup that it is born in; nothing: this process's own.
    public var cgroup: Descriptor?

    /// How many descriptors can be given.
    public static let descriptorLimit = Int(AGORA_SPAWN_DESCRIPTORS)

    /// Describes a process to start.
    public init(
        executable: Descriptor,
        name: String,
        descriptors: [Descriptor?],
        pidNamespace: Pidfd? = nil,
        isFirstOfPIDNamespace: Bool = false,
        cgroup: Descriptor? = nil
    ) {
        self.executable = executable
        self.name = name
        self.descriptors = descriptors
        self.pidNamespace = pidNamespace
        self.isFirstOfPIDNamespace = isFirstOfPIDNamespace
        self.cgroup = cgroup
    }

    /// Starts the process and returns once it runs its program.
    ///
    /// To be called on a thread of a ``WorkerPool``: the calling thread's signals must be blocked, and the thread
    /// changes the pid namespace of its next children.
    ///
    /// - Throws: what clone3(2), setns(2) or execveat(2) say.
    public func start() throws(KernelError) -> Pidfd {
        let numbers = descriptors.map { $0?.number ?? -1 }
        var pidfd: Int32 = -1
        let result = name.withCString { name in
            numbers.withUnsafeBufferPointer { numbers in
                var spawn = agora_spawn(
                    executable: executable.number,
                    name: name,
                    descriptors: numbers.baseAddress,
                    descriptor_count: UInt32(numbers.count),
                    pid_namespace_of: pidNamespace?.descriptor.number ?? -1,
                    new_pid_namespace: isFirstOfPIDNamespace ? 1 : 0,
                    cgroup: cgroup?.number ?? -1,
                    helper: nil,
                    environment: nil
                )
                return agora_spawn(&spawn, &pidfd)
            }
        }
        return try Pidfd(Descriptor(owning: pidfd), pid: try KernelError.checkNegative(result, "start \(name)"))
    }
}
