import AgentCore
import Containers
import LinuxKernel
import MesosMessages
import Seccomp

extension Confinement {
    /// What a launch asks for, in the words of the containerizer.
    init(_ confinement: ContainerConfinement) {
        self.init()
        seccomp = SeccompChoice(confinement.seccomp)
        effectiveCapabilities = confinement.effectiveCapabilities.map(CapabilitySet.init)
        boundingCapabilities = confinement.boundingCapabilities.map(CapabilitySet.init)
        processLimits = confinement.processLimits.compactMap(ProcessLimit.init)
        sharedMemoryBytes = confinement.sharedMemoryBytes
        hasPrivateIPC = confinement.hasPrivateIPC
        hasReadOnlyRoot = confinement.hasReadOnlyRoot
        devices = confinement.devices.map { DeviceRequest($0) }
    }

    /// What holds for a command that looks into a container of this confinement: it has no root and no /dev of its own.
    var ofProbe: Confinement {
        var confinement = Confinement()
        confinement.seccomp = seccomp
        // Devices are limited by a cgroup of one's own, which a probe has not.
        let devices = CapabilitySet([.mknod])
        confinement.effectiveCapabilities = effectiveCapabilities?.subtracting(devices)
        confinement.boundingCapabilities = boundingCapabilities?.subtracting(devices)
        confinement.processLimits = processLimits
        return confinement
    }
}

extension SeccompChoice {
    init(_ choice: ContainerConfinement.Seccomp) {
        switch choice {
        case .standard: self = .standard
        case .named(let name): self = .named(name)
        case .unconfined: self = .unconfined
        }
    }
}

extension ProcessLimit {
    /// Nothing for a type that no launch is planned with.
    init?(_ limit: ContainerConfinement.ProcessLimit) {
        let resources: [Mesos_V1_RLimitInfo.RLimit.TypeEnum: Resource] = [
            .rlmtAs: .addressSpace, .rlmtCore: .core, .rlmtCpu: .cpu, .rlmtData: .data, .rlmtFsize: .fileSize, .rlmtLocks: .fileLocks,
            .rlmtMemlock: .lockedMemory, .rlmtMsgqueue: .messageQueues, .rlmtNice: .nice, .rlmtNofile: .openFiles,
            .rlmtNproc: .processes, .rlmtRss: .residentSet, .rlmtRtprio: .realTimePriority, .rlmtRttime: .realTimeTime,
            .rlmtSigpending: .pendingSignals, .rlmtStack: .stack,
        ]
        guard let resource = resources[limit.type] else { return nil }
        self.init(resource, soft: limit.soft, hard: limit.hard)
    }
}
