import Cluster
import Containers
import CoreLoop
import LinuxKernel
import MesosMessages

extension Mesos_V1_ResourceStatistics {
    /// What a container uses, in Mesos's units: seconds and bytes.
    init(_ statistics: ContainerStatistics) {
        self.init()
        timestamp = SteadyClock().now.seconds
        let usage = statistics.usage
        if let cpus = statistics.cpus { cpusSoftLimit = Double(cpus) / 1000 }
        if let limit = statistics.cpuLimit { cpusLimit = Double(limit) / 1000 }
        if let time = usage.cpuUserMicroseconds { cpusUserTimeSecs = Double(time) / 1e6 }
        if let time = usage.cpuSystemMicroseconds { cpusSystemTimeSecs = Double(time) / 1e6 }
        if let periods = usage.cpuPeriods { cpusNrPeriods = UInt32(clamping: periods) }
        if let periods = usage.cpuThrottledPeriods { cpusNrThrottled = UInt32(clamping: periods) }
        if let time = usage.cpuThrottledMicroseconds { cpusThrottledTimeSecs = Double(time) / 1e6 }
        if let bytes = usage.memoryBytes { memTotalBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memoryAnonymousBytes { (memAnonBytes, memRssBytes) = (UInt64(clamping: bytes), UInt64(clamping: bytes)) }
        if let bytes = usage.memoryFileBytes { (memFileBytes, memCacheBytes) = (UInt64(clamping: bytes), UInt64(clamping: bytes)) }
        if let bytes = usage.memoryMappedBytes { memMappedFileBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memorySwapBytes { memSwapBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memoryLimitBytes { memLimitBytes = UInt64(clamping: bytes) }
        if let pids = usage.pids { processes = UInt32(clamping: pids) }
        if let network = statistics.network { add(network) }
    }

    private mutating func add(_ network: NetworkCounters) {
        (netRxBytes, netRxPackets) = (network.received.bytes, network.received.packets)
        (netRxErrors, netRxDropped) = (network.received.errors, network.received.drops)
        (netTxBytes, netTxPackets) = (network.sent.bytes, network.sent.packets)
        (netTxErrors, netTxDropped) = (network.sent.errors, network.sent.drops)
    }
}
