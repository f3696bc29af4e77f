import Cluster
import Containers
import CoreLoop
import LinuxKernel
import MesosMessages
import SwiftProtobuf

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
        if let network = statistics.network { add(network) }
        if let bytes = statistics.diskUsedBytes { diskUsedBytes = UInt64(clamping: bytes) }
        if let bytes = statistics.diskLimitBytes { diskLimitBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memoryAndSwapBytes { memTotalMemswBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memoryKernelBytes { memKmemUsageBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memoryUnevictableBytes { memUnevictableBytes = UInt64(clamping: bytes) }
        if let bytes = usage.memorySoftLimitBytes ?? usage.memoryLimitBytes { memSoftLimitBytes = UInt64(clamping: bytes) }
        if let count = usage.processes { processes = UInt32(clamping: count) }
        if let count = usage.pids { threads = UInt32(clamping: count) }
        if !usage.disks.isEmpty { blkioStatistics = .init(usage.disks) }
    }

    private mutating func add(_ network: NetworkCounters) {
        (netRxBytes, netRxPackets) = (network.received.bytes, network.received.packets)
        (netRxErrors, netRxDropped) = (network.received.errors, network.received.drops)
        (netTxBytes, netTxPackets) = (network.sent.bytes, network.sent.packets)
        (netTxErrors, netTxDropped) = (network.sent.errors, network.sent.drops)
    }
}

extension Mesos_V1_CgroupInfo.Blkio.Statistics {
    /// What a container read and wrote.
    init(_ disks: [DiskUsage]) {
        self.init()
        throttling = disks.map { disk in
            .with { entry in
                if let device = Mesos_V1_Device.Number(disk.device) { entry.device = device }
                entry.ioServiced = Self.values(read: disk.reads, written: disk.writes)
                entry.ioServiceBytes = Self.values(read: disk.readBytes, written: disk.writtenBytes)
            }
        }
    }

    private static func values(read: Int64, written: Int64) -> [Mesos_V1_CgroupInfo.Blkio.Value] {
        let total = read.addingReportingOverflow(written)
        return [(.read, read), (.write, written), (.total, total.overflow ? .max : total.partialValue)].map { operation, value in
            .with {
                $0.op = operation
                $0.value = UInt64(clamping: value)
            }
        }
    }
}

extension Mesos_V1_Device.Number {
    /// "8:0"; nothing if it is not written so.
    init?(_ text: String) {
        let numbers = text.split(separator: ":").map { UInt64($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        self.init()
        majorNumber = major
        minorNumber = minor
    }
}
