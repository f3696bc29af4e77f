import LinuxKernel
import MesosMessages
import SwiftProtobuf

/// What a task's programs are kept from, beside what the agent has for all.
struct TaskConfinement {
    enum Seccomp: Equatable {
        case named(String)
        case unconfined
    }

    /// Nothing: the agent's default.
    var seccomp: Seccomp?
    /// Nothing: the usual ones.
    var boundingCapabilities: CapabilitySet?
    var hasReadOnlyRoot = false
    /// In MiB; nothing: the usual size.
    var sharedMemoryMebibytes: UInt32?
    var devices: [String] = []
    var limits: [Mesos_V1_RLimitInfo.RLimit] = []
    /// Limits of the cgroup, by the labels of agents.
    var cgroupLimits: [(label: String, value: String)] = []

    private var saysNothing: Bool {
        seccomp == nil && boundingCapabilities == nil && !hasReadOnlyRoot && sharedMemoryMebibytes == nil && devices.isEmpty
            && limits.isEmpty && cgroupLimits.isEmpty
    }

    /// Says so in a task that has everything else.
    func apply(to task: inout Mesos_V1_TaskInfo) {
        guard !saysNothing else { return }
        task.container.type = .mesos
        switch seccomp {
        case .named(let name): task.container.linuxInfo.seccomp.profileName = name
        case .unconfined: task.container.linuxInfo.seccomp.unconfined = true
        case nil: break
        }
        if let boundingCapabilities { task.container.linuxInfo.boundingCapabilities = boundingCapabilities.message }
        if let sharedMemoryMebibytes { task.container.linuxInfo.shmSize = sharedMemoryMebibytes }
        if !limits.isEmpty { task.container.rlimitInfo.rlimits = limits }
        var labels = devices.map { ("agora.device", $0) } + cgroupLimits.map { ($0.label, $0.value) }
        if hasReadOnlyRoot { labels.append(("agora.read_only_root", "true")) }
        task.labels.labels += labels.map { label in .with { ($0.key, $0.value) = label } }
    }

    /// Chooses capabilities as Docker counts: of ALL that is added, the dropped ones are missing; beside ALL that is dropped, the added
    /// ones stay.
    ///
    /// Root has them, other users may get them by file capabilities only, as with other engines.
    ///
    /// - Parameter place: where they stand in what the user wrote.
    mutating func chooseCapabilities(
        adding addedNames: [String],
        dropping droppedNames: [String],
        hasImage: Bool,
        at place: String
    ) throws(PodFileError) {
        guard !addedNames.isEmpty || !droppedNames.isEmpty else { return }
        let added = try Self.set(addedNames, at: place), dropped = try Self.set(droppedNames, at: place)
        if added == .all {
            boundingCapabilities = CapabilitySet.all.subtracting(dropped == .all ? [] : dropped)
        } else if dropped == .all {
            boundingCapabilities = added
        } else {
            boundingCapabilities = (hasImage ? CapabilitySet.ofImages : .all).union(added).subtracting(dropped)
        }
    }

    private static func set(_ names: [String], at place: String) throws(PodFileError) -> CapabilitySet {
        var set: CapabilitySet = []
        for name in names {
            if name.uppercased() == "ALL" {
                set = .all
            } else if let capability = Capability(named: name) {
                set.formUnion(CapabilitySet([capability]))
            } else {
                throw PodFileError(place, "\"\(name.clipped)\" is no capability; write NET_ADMIN or the like, or ALL")
            }
        }
        return set
    }
}

extension CapabilitySet {
    /// In the message they are numbered from 1000 on, in the kernel's order.
    fileprivate var message: Mesos_V1_CapabilityInfo {
        .with { info in
            info.capabilities = Capability.allCases.filter(contains).compactMap { .init(rawValue: 1000 + Int($0.rawValue)) }
        }
    }
}
