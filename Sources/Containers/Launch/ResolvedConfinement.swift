import CLinuxKernel
import Cluster
import LinuxKernel
import Seccomp

/// A container's confinement with all that the agent's rules and the machine add to it.
struct ResolvedConfinement: Sendable {
    let capabilities: ResolvedCapabilities
    let filter: SeccompFilter?
    let devices: [Device]
    /// GPUs of others, which without an image are in its /dev.
    private let forbiddenDevices: [Device]
    private let spec: Confinement
    private let facts: ContainerFacts

    init(_ plan: LaunchPlan, rules: ConfinementRules) throws(LaunchFailure) {
        spec = plan.spec.confinement
        facts = plan.facts
        capabilities = try ResolvedCapabilities(facts.privileges, rules: rules, hasImageRoot: facts.hasImageRoot)
        do throws(SeccompError) {
            filter = try rules.seccomp.filter(
                for: facts.privileges.seccomp,
                hasImageRoot: facts.hasImageRoot,
                capabilities: capabilities.bounding
            )
        } catch {
            throw LaunchFailure(.confinement, "\(error)")
        }
        for device in spec.devices where !rules.offers(device.hostPath) {
            throw LaunchFailure(
                .confinement,
                "the agent does not let containers have the device \(device.hostPath); name it in its --requestable-devices"
            )
        }
        let gpus = (facts.gpus + (facts.gpus.isEmpty ? [] : rules.gpus.companions)).map { DeviceRequest($0) }
        devices = facts.hasOwnRoot ? try Device.all(rules.devices + spec.devices + gpus) : []
        let others = facts.isKeptFromGPUs ? rules.gpus.devices.filter { !plan.facts.gpus.contains($0) } : []
        forbiddenDevices = try Device.all(others.map { DeviceRequest($0) })
        // A session's programs are in the cgroup of the container around it, which has these rules already.
        guard !makesDevices || facts.limits != nil || facts.isSession else {
            throw LaunchFailure(
                .confinement,
                "a container with the capability MKNOD needs a cgroup of its own: do not share the parent's"
            )
        }
    }

    /// What is set beside the flags of the plan itself.
    var flags: UInt32 {
        var flags: UInt32 = 0
        func set(_ flag: agora_init_flag, _ isSet: Bool) { if isSet { flags |= flag.rawValue } }
        set(AGORA_INIT_BOUND_CAPABILITIES, capabilities.areBound)
        set(AGORA_INIT_EXACT_CAPABILITIES, capabilities.areExact)
        // The kernel takes no filter from programs that could gain privileges by it.
        set(AGORA_INIT_NO_NEW_PRIVILEGES, facts.hasImageRoot || filter != nil)
        set(AGORA_INIT_MAPPED_IDS, facts.firstID != nil)
        set(AGORA_INIT_READ_ONLY_ROOT, spec.hasReadOnlyRoot)
        set(AGORA_INIT_OWN_SHARED_MEMORY, !facts.hasOwnRoot && (spec.sharedMemoryBytes != nil || spec.hasPrivateIPC))
        set(AGORA_INIT_OWN_IPC_NAMESPACE, spec.hasPrivateIPC)
        return flags
    }

    /// Whether its programs can make devices; without an image that is their good right.
    private var makesDevices: Bool { facts.hasImageRoot && capabilities.bounding.contains(.mknod) }

    /// The devices that its cgroup lets through, beside which there are none; nothing: its cgroup says nothing of devices, as
    /// the container can make none.
    var deviceRules: [DeviceRule]? {
        guard makesDevices else {
            guard !forbiddenDevices.isEmpty else { return nil }
            return DeviceRule.all(but: forbiddenDevices.map { DeviceRule(isBlock: $0.isBlock, major: $0.major, minor: $0.minor) })
        }
        return DeviceRule.usual
            + devices.map { DeviceRule(isBlock: $0.isBlock, major: $0.major, minor: $0.minor) }
    }

    func encode(into encoder: inout InitEncoder) {
        encoder.number(facts.firstID ?? 0)
        encoder.wideNumber(capabilities.effective.rawValue)
        encoder.wideNumber(capabilities.bounding.rawValue)
        encoder.number(UInt32(spec.processLimits.count))
        for limit in spec.processLimits {
            encoder.number(limit.resource.rawValue)
            encoder.wideNumber(limit.soft ?? .max)
            encoder.wideNumber(limit.hard ?? .max)
        }
        encoder.wideNumber(UInt64(clamping: spec.sharedMemoryBytes ?? Confinement.usualSharedMemory))
        encoder.number(UInt32(devices.count))
        for device in devices {
            encoder.string(device.name)
            for number in [device.mode, device.major, device.minor, device.user, device.group] { encoder.number(number) }
        }
        encoder.blob(filter?.instructions ?? [])
    }
}

/// Which capabilities the programs of a container have and can have.
struct ResolvedCapabilities: Hashable, Sendable {
    let effective: CapabilitySet
    let bounding: CapabilitySet
    /// Whether the command has the effective ones, whoever its user is.
    let areExact: Bool
    /// Whether anything is taken off what this agent has itself.
    let areBound: Bool

    /// What is said of one set holds for the other where nothing is said of that (Mesos, "Linux Capabilities Support").
    init(_ wanted: Privileges, rules: ConfinementRules, hasImageRoot: Bool) throws(LaunchFailure) {
        let usual: CapabilitySet? = hasImageRoot ? .ofImages : nil
        let effective = wanted.effective ?? (wanted.bounding == nil ? rules.effectiveCapabilities : nil)
        let bounding = wanted.bounding ?? wanted.effective ?? rules.boundingCapabilities ?? effective ?? usual
        if let most = rules.boundingCapabilities, let bounding, !bounding.isSubset(of: most) {
            throw LaunchFailure(
                .confinement,
                "the agent does not let containers have the capabilities \(bounding.subtracting(most)) (--bounding-capabilities)"
            )
        }
        if let effective, let bounding, !effective.isSubset(of: bounding) {
            throw LaunchFailure(.confinement, "the effective capabilities are not all among the bounding ones, \(bounding)")
        }
        self.bounding = bounding ?? .all
        self.effective = effective ?? self.bounding
        areExact = effective != nil
        areBound = bounding != nil
    }
}
