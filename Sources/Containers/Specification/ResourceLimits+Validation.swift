import LinuxKernel

extension ResourceLimits {
    /// The most disks that are limited one by one.
    static let maximumDisks = 64
    /// The highest processor that a text may name.
    private static let highestProcessor = 65_535

    /// Why no cgroup can have them; nothing if one can.
    var reasonAgainst: String? {
        let positive = [
            ("cpus", cpus), ("cpu limit", cpuLimit), ("memory", memoryBytes), ("soft memory", memorySoftBytes), ("pids", pids),
        ]
        for (name, value) in positive {
            if let value, value <= 0 { return "the limit on \(name) must be above 0, is \(value)" }
        }
        if let cpuBurst, cpuBurst < 0 { return "the cpu burst must not be negative, is \(cpuBurst)" }
        if let swapBytes, swapBytes < 0 { return "the limit on swap must not be negative, is \(swapBytes)" }
        guard swapBytes == nil || memoryBytes != nil else { return "a limit on swap needs a limit on memory beside it" }
        if let ioWeight, !(1...10_000).contains(ioWeight) { return "the io weight must be 1 to 10000, is \(ioWeight)" }
        if let processors, !Self.isListOfProcessors(processors) {
            return "the processors must be written as \"0-3,8\", are \"\(processors.prefix(40))\""
        }
        return reasonAgainstDisks
    }

    private var reasonAgainstDisks: String? {
        guard io.count <= Self.maximumDisks else { return "more than \(Self.maximumDisks) disks are limited" }
        for disk in io {
            let numbers = disk.device.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
            guard numbers.count == 2, numbers.allSatisfy({ $0 != nil }) else {
                return "the disk \"\(disk.device.prefix(40))\" must be written by its numbers, as \"8:0\""
            }
            for value in [disk.readBytes, disk.writtenBytes, disk.reads, disk.writes] {
                if let value, value <= 0 { return "the limits on the disk \(disk.device) must be above 0" }
            }
        }
        return nil
    }

    private static func isListOfProcessors(_ text: String) -> Bool {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return text.utf8.count <= 4096
            && parts.allSatisfy { part in
                let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
                guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else { return false }
                return first <= last && last <= highestProcessor
            }
    }
}
