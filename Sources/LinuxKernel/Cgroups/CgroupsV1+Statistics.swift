import Glibc

extension CgroupsV1 {
    func statistics(of path: String, withPressure: Bool) -> CgroupStatistics {
        var statistics = CgroupStatistics()
        addProcessorTime(of: path, to: &statistics)
        let throttling = CgroupFile.table("\(place(path, in: cpu))/cpu.stat")
        statistics.cpuPeriods = throttling["nr_periods"]
        statistics.cpuThrottledPeriods = throttling["nr_throttled"]
        statistics.cpuThrottledMicroseconds = throttling["throttled_time"].map { $0 / 1000 }
        let memory = place(path, in: memory)
        addMemory(in: memory, to: &statistics)
        statistics.pids = CgroupFile.number("\(place(path, in: pids))/pids.current")
        statistics.processes = CgroupFile.processCount(below: place(path, in: tracking))
        if let disks, access(place(path, in: disks), F_OK) == 0 {
            let folder = "\(place(path, in: disks))/blkio.throttle"
            statistics.disks = CgroupFile.disks(
                bytes: "\(folder).io_service_bytes_recursive",
                operations: "\(folder).io_serviced_recursive"
            )
        }
        if withPressure, let unified { statistics.pressure = CgroupFile.pressure(in: place(path, in: unified)) }
        return statistics
    }

    private func addMemory(in memory: String, to statistics: inout CgroupStatistics) {
        let table = CgroupFile.table("\(memory)/memory.stat")
        statistics.memoryAndSwapBytes = CgroupFile.number("\(memory)/memory.memsw.usage_in_bytes")
        statistics.memoryKernelBytes = CgroupFile.number("\(memory)/memory.kmem.usage_in_bytes")
        statistics.memoryUnevictableBytes = table["total_unevictable"]
        statistics.memorySoftLimitBytes = CgroupFile.number("\(memory)/memory.soft_limit_in_bytes").flatMap {
            $0 < Self.unlimited ? $0 : nil
        }
        statistics.memoryBytes = CgroupFile.number("\(memory)/memory.usage_in_bytes")
        statistics.memoryAnonymousBytes = table["total_rss"]
        statistics.memoryFileBytes = table["total_cache"]
        statistics.memoryMappedBytes = table["total_mapped_file"]
        statistics.memorySwapBytes = table["total_swap"]
        statistics.memoryLimitBytes = table["hierarchical_memory_limit"].flatMap { $0 < Self.unlimited ? $0 : nil }
    }

    /// "No limit" is the largest number of whole pages.
    private static let unlimited: Int64 = .max - 0xffff

    private func addProcessorTime(of path: String, to statistics: inout CgroupStatistics) {
        if let unified {
            let table = CgroupFile.table("\(place(path, in: unified))/cpu.stat")
            statistics.cpuUserMicroseconds = table["user_usec"]
            statistics.cpuSystemMicroseconds = table["system_usec"]
        } else if let accounting {
            let folder = place(path, in: accounting)
            statistics.cpuUserMicroseconds = CgroupFile.number("\(folder)/cpuacct.usage_user").map { $0 / 1000 }
            statistics.cpuSystemMicroseconds = CgroupFile.number("\(folder)/cpuacct.usage_sys").map { $0 / 1000 }
        }
    }

    func memoryPeak(in path: String) -> Int64? {
        CgroupFile.number("\(place(path, in: memory))/memory.max_usage_in_bytes")
    }
}
