import Cluster
import LinuxKernel

/// What an agent's operator has decided for the limits of all containers.
public struct LimitRules: Sendable, Hashable {
    /// Whether the share of the processors is also the most that a container without another limit may use.
    public var enforcesShares = false
    /// What a container with a limit on the processors may use beyond it after it used less, in percent of the limit; at most 100.
    public var burstPercent: Int64 = 0
    /// Whether a container with a limit on memory cannot swap.
    public var forbidsSwap = false
    /// How many processes and threads a container at the top may have, with all inside it, if it does not say.
    public var pids: Int64?

    /// Decides nothing.
    public init() {}

    func applied(to limits: ResourceLimits, of id: ContainerID) -> ResourceLimits {
        var limits = limits
        if enforcesShares && limits.cpuLimit == nil { limits.cpuLimit = limits.cpus }
        if burstPercent > 0, let most = limits.cpuLimit, limits.cpuBurst == nil {
            limits.cpuBurst = most.multipliedReportingOverflow(by: burstPercent).partialValue / 100
        }
        if forbidsSwap && limits.memoryBytes != nil && limits.swapBytes == nil { limits.swapBytes = 0 }
        if id.parent == nil && limits.pids == nil { limits.pids = pids }
        return limits
    }
}
