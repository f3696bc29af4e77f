import MesosMessages

/// What an agent told of a container at one moment. What the kernel does not tell is nothing.
struct ContainerReading: Hashable, Sendable {
    /// With its parents, as `top.inner`.
    let container: String
    let parent: String?
    let frameworkID: String
    let executorID: String
    /// In seconds since 1970.
    var time = 0.0
    /// Processor time since its start, in seconds.
    var cpuSeconds: Double?
    /// How many periods it was runnable in, and how many of those it had to wait in for its share.
    var periods: UInt32?
    var throttledPeriods: UInt32?
    /// In bytes, page cache included.
    var memory: UInt64?
    var memoryLimit: UInt64?
    var processes: UInt32?
    /// Bytes over its networks since its start.
    var received: UInt64?
    var sent: UInt64?

    init(container: String, parent: String? = nil, frameworkID: String = "", executorID: String = "") {
        self.container = container
        self.parent = parent
        self.frameworkID = frameworkID
        self.executorID = executorID
    }

    init(_ message: Mesos_V1_Agent_Response.GetContainers.Container) {
        let id = message.containerID
        self.init(
            container: id.words,
            parent: id.hasParent ? id.parent.words : nil,
            frameworkID: message.frameworkID.value,
            executorID: message.executorID.value
        )
        let found = message.resourceStatistics
        time = found.timestamp
        if found.hasCpusUserTimeSecs || found.hasCpusSystemTimeSecs { cpuSeconds = found.cpusUserTimeSecs + found.cpusSystemTimeSecs }
        if found.hasCpusNrPeriods { periods = found.cpusNrPeriods }
        if found.hasCpusNrThrottled { throttledPeriods = found.cpusNrThrottled }
        if found.hasMemTotalBytes { memory = found.memTotalBytes }
        if found.hasMemLimitBytes { memoryLimit = found.memLimitBytes }
        if found.hasProcesses { processes = found.processes }
        if found.hasNetRxBytes { received = found.netRxBytes }
        if found.hasNetTxBytes { sent = found.netTxBytes }
    }
}
