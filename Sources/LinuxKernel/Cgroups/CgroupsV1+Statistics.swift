extension CgroupsV1 {
    func statistics(of path: String, limits: CgroupLimits, withPressure: Bool) -> CgroupStatistics {
        var statistics = CgroupStatistics()
        let time = processorTime(in: path)
        statistics.cpuUserMicroseconds = time.userMicroseconds
        statistics.cpuSystemMicroseconds = time.systemMicroseconds
        addThrottling(of: path, limits, to: &statistics)
        addMemory(in: place(path, in: memory), to: &statistics)
        statistics.memorySoftLimitBytes = limits.memorySoftBytes
        statistics.pids = CgroupFile.number("\(place(path, in: pids))/pids.current")
        statistics.processes = CgroupFile.processCount(below: place(path, in: tracking))
        if let disks, limits.concernsDisks {
            let folder = "\(place(path, in: disks))/blkio.throttle"
            statistics.disks = CgroupFile.disks(
                bytes: "\(folder).io_service_bytes_recursive",
                operations: "\(folder).io_serviced_recursive"
            )
        }
        if withPressure, let unified { statistics.pressure = CgroupFile.pressure(in: place(path, in: unified)) }
        return statistics
    }

    /// Nobody is held back without a quota.
    private func addThrottling(of path: String, _ limits: CgroupLimits, to statistics: inout CgroupStatistics) {
        let table = limits.quota == nil ? nil : CgroupFile.table("\(place(path, in: cpu))/cpu.stat")
        statistics.cpuPeriods = table.map { $0["nr_periods"] } ?? 0
        statistics.cpuThrottledPeriods = table.map { $0["nr_throttled"] } ?? 0
        statistics.cpuThrottledMicroseconds = table.map { $0["throttled_time"].map { $0 / 1000 } } ?? 0
    }

    private func addMemory(in memory: String, to statistics: inout CgroupStatistics) {
        let table = CgroupFile.table("\(memory)/memory.stat")
        statistics.memoryAndSwapBytes = CgroupFile.number("\(memory)/memory.memsw.usage_in_bytes")
        statistics.memoryKernelBytes = CgroupFile.number("\(memory)/memory.kmem.usage_in_bytes")
        statistics.memoryUnevictableBytes = table["total_unevictable"]
        statistics.memoryBytes = CgroupFile.number("\(memory)/memory.usage_in_bytes")
        statistics.memoryAnonymousBytes = table["total_rss"]
        statistics.memoryFileBytes = table["total_cache"]
        statistics.memoryMappedBytes = table["total_mapped_file"]
        statistics.memorySwapBytes = table["total_swap"]
        statistics.memoryLimitBytes = table["hierarchical_memory_limit"].flatMap { $0 < Self.unlimited ? $0 : nil }
    }

    /// "No limit" is the largest number of whole pages.
    private static let unlimited: Int64 = .max - 0xffff

    func processorTime(in path: String) -> ProcessorTime {
        if let unified { return ProcessorTime(CgroupFile.table("\(place(path, in: unified))/cpu.stat")) }
        guard let accounting else { return ProcessorTime() }
        let folder = place(path, in: accounting)
        return ProcessorTime(
            userMicroseconds: CgroupFile.number("\(folder)/cpuacct.usage_user").map { $0 / 1000 },
            systemMicroseconds: CgroupFile.number("\(folder)/cpuacct.usage_sys").map { $0 / 1000 }
        )
    }

    func memoryPeak(in path: String) -> Int64? {
        CgroupFile.number("\(place(path, in: memory))/memory.max_usage_in_bytes")
    }
}
