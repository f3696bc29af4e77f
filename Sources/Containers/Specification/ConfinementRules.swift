public import LinuxKernel
public import Seccomp

/// What an agent's operator has decided for all containers.
public struct ConfinementRules: Sendable {
    /// The profiles of system calls.
    public var seccomp = SeccompProfiles()
    /// What the commands of containers have that do not say; nothing: what their users have.
    public var effectiveCapabilities: CapabilitySet?
    /// What no container can have more than; nothing: containers with an image have the usual ones and may ask for others.
    public var boundingCapabilities: CapabilitySet?
    /// Devices that every container with an image of its own has, beside the usual ones.
    public var devices: [DeviceRequest] = []

    /// Devices that a container may ask for, by their paths; a "*" at the end stands for any more letters.
    public var requestableDevices: [String] = []

    /// The GPUs that containers may have.
    public var gpus = GPUDevices()

    /// Which containers with an image run in user namespaces.
    public var userMapping = UserMapping.never
    /// The first of the machine's ids that user namespaces get.
    public var firstUserID: UInt32 = 524_288

    /// Whether a container may ask for a device.
    func offers(_ path: String) -> Bool {
        requestableDevices.contains { pattern in
            pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : path == pattern
        }
    }

    /// Decides what is usual.
    public init() {}
}
