import MesosAPI
import MesosMessages

/// One figure of a container for Prometheus.
struct ContainerFigure: Sendable {
    let name: String
    let kind: PrometheusText.Kind
    let help: String
    /// Nothing if the kernel does not tell it.
    let value: @Sendable (Mesos_V1_ResourceStatistics) -> Double?

    private init(
        _ name: String,
        _ kind: PrometheusText.Kind,
        _ help: String,
        _ value: @escaping @Sendable (Mesos_V1_ResourceStatistics) -> Double?
    ) {
        self.name = "agora_container_\(name)"
        self.kind = kind
        self.help = help
        self.value = value
    }

    static let all = [
        ContainerFigure("cpu_user_seconds_total", .counter, "Processor time in programs.") {
            $0.hasCpusUserTimeSecs ? $0.cpusUserTimeSecs : nil
        },
        ContainerFigure("cpu_system_seconds_total", .counter, "Processor time in the kernel.") {
            $0.hasCpusSystemTimeSecs ? $0.cpusSystemTimeSecs : nil
        },
        ContainerFigure("cpu_throttled_seconds_total", .counter, "Time in which programs had to wait for their share.") {
            $0.hasCpusThrottledTimeSecs ? $0.cpusThrottledTimeSecs : nil
        },
        ContainerFigure("cpus", .gauge, "Processors that the container was given.") { $0.hasCpusSoftLimit ? $0.cpusSoftLimit : nil },
        ContainerFigure("memory_usage_bytes", .gauge, "Memory, page cache included.") {
            $0.hasMemTotalBytes ? Double($0.memTotalBytes) : nil
        },
        ContainerFigure("memory_anonymous_bytes", .gauge, "Memory that is no page cache.") {
            $0.hasMemAnonBytes ? Double($0.memAnonBytes) : nil
        },
        ContainerFigure("memory_limit_bytes", .gauge, "Memory that the container may use.") {
            $0.hasMemLimitBytes ? Double($0.memLimitBytes) : nil
        },
        ContainerFigure("processes", .gauge, "Processes in the container.") { $0.hasProcesses ? Double($0.processes) : nil },
        ContainerFigure("disk_usage_bytes", .gauge, "Disk space in the sandbox and the image's own files.") {
            $0.hasDiskUsedBytes ? Double($0.diskUsedBytes) : nil
        },
        ContainerFigure("disk_limit_bytes", .gauge, "Disk space that the container may use.") {
            $0.hasDiskLimitBytes ? Double($0.diskLimitBytes) : nil
        },
        ContainerFigure("network_receive_bytes_total", .counter, "Bytes that came over the container's networks.") {
            $0.hasNetRxBytes ? Double($0.netRxBytes) : nil
        },
        ContainerFigure("network_transmit_bytes_total", .counter, "Bytes that went over the container's networks.") {
            $0.hasNetTxBytes ? Double($0.netTxBytes) : nil
        },
    ]
}
