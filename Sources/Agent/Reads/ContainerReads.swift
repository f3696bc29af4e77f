import AgentCore
import Cluster
import Containers
import HTTPService
import LinuxKernel
import MesosAPI
import MesosMessages
import NIOCore
import NIOPosix

/// Which containers `/containers` shows: one by `container_id`, those of an executor by `framework_id` and `executor_id`, or all.
struct ContainerFilter: Sendable {
    private let container: String?
    private let framework: String?
    private let executor: String?

    init(_ query: HTTPQuery) {
        container = query["container_id"]
        framework = query["framework_id"]
        executor = query["executor_id"]
    }

    func admits(_ id: ContainerID, _ key: ExecutorKey?) -> Bool {
        (container == nil || container == id.value)
            && (framework == nil || framework == key?.framework.value)
            && (executor == nil || executor == key?.executor.value)
    }
}

/// What runs, and what it uses.
struct ContainerReads: Sendable {
    let containerizer: Containerizer
    let workDirectory: String

    /// A container with what is known of it.
    fileprivate struct Entry {
        var status: ContainerStatus
        var executor: StoredExecutor?
        var statistics: Mesos_V1_ResourceStatistics?
        var pressure: [Pressure] = []
        var networkFailure: String?
    }

    /// GET_CONTAINERS: those of executors; nested ones and those of operators on request.
    func answer(_ call: Mesos_V1_Agent_Call.GetContainers, _ view: AgentView) async -> Mesos_V1_Agent_Response {
        let entries = await entries(view, nested: call.showNested, standalone: call.showStandalone, withPressure: false)
        var message = Mesos_V1_Agent_Response()
        message.type = .getContainers
        guard !entries.isEmpty else { return message }
        message.getContainers.containers = entries.map { entry in
            var container = Mesos_V1_Agent_Response.GetContainers.Container()
            container.containerID = entry.status.id.message
            container.containerStatus = entry.containerStatus
            if let statistics = entry.statistics { container.resourceStatistics = statistics }
            if let executor = entry.executor {
                container.frameworkID = executor.key.framework.message
                container.executorID = executor.key.executor.message
                container.executorName = executor.info.name
            }
            return container
        }
        return message
    }

    /// The older `/containers`.
    func list(_ view: AgentView, _ filter: ContainerFilter) async -> [UInt8] {
        let entries = await entries(view, nested: false, standalone: false, withPressure: true).filter {
            filter.admits($0.status.id, $0.executor?.key)
        }
        var writer = JSONWriter()
        writer.array(entries) { writer, entry in
            writer.object { writer in
                writer.field("container_id", entry.status.id.value)
                if let executor = entry.executor {
                    writer.field("framework_id", executor.key.framework.value)
                    writer.field("executor_id", executor.key.executor.value)
                    writer.field("executor_name", executor.info.name)
                    writer.field("source", executor.info.source)
                }
                if let statistics = entry.statistics { writer.field("statistics", json: MesosJSON.encode(statistics)) }
                entry.write(pressureTo: &writer)
                if let failure = entry.networkFailure { writer.field("network_failure", failure) }
                writer.field("status", json: MesosJSON.encode(entry.containerStatus))
            }
        }
        return writer.bytes
    }

    /// The older `/monitor/statistics`: what each executor's container uses.
    func statistics(_ view: AgentView) async -> [UInt8] {
        let entries = await entries(view, nested: false, standalone: false, withPressure: false)
        var writer = JSONWriter()
        writer.array(entries) { writer, entry in
            guard let executor = entry.executor, let statistics = entry.statistics else { return }
            writer.object { writer in
                writer.field("executor_id", executor.key.executor.value)
                writer.field("executor_name", executor.info.name)
                writer.field("framework_id", executor.key.framework.value)
                writer.field("source", executor.info.source)
                writer.field("statistics", json: MesosJSON.encode(statistics))
            }
        }
        return writer.bytes
    }

    /// What containers of executors use, for Prometheus.
    func write(_ view: AgentView, to out: inout PrometheusText) async {
        let entries = await entries(view, nested: false, standalone: false, withPressure: false)
        for figure in ContainerFigure.all {
            let samples = entries.compactMap { entry -> PrometheusText.Sample? in
                guard let executor = entry.executor, let statistics = entry.statistics, let value = figure.value(statistics) else {
                    return nil
                }
                return PrometheusText.Sample(
                    value,
                    ("framework", executor.key.framework.value),
                    ("executor", executor.key.executor.value),
                    ("container", entry.status.id.value)
                )
            }
            out.family(figure.name, figure.kind, figure.help, samples)
        }
    }

    private func entries(_ view: AgentView, nested: Bool, standalone: Bool, withPressure: Bool) async -> [Entry] {
        var executors: [ContainerID: StoredExecutor] = [:]
        for executor in view.executors { executors[executor.stored.container] = executor.stored }
        let statuses = containerizer.containers().filter { status in
            guard status.termination == nil, status.pid != nil else { return false }
            guard status.id.depth == 1 || nested else { return false }
            return standalone || !Sandbox.isStandalone(status.sandbox, workDirectory: workDirectory)
        }
        let statistics = await statistics(of: statuses.map(\.id), withPressure: withPressure)
        return statuses.map { status in
            let found = statistics[status.id]
            return Entry(
                status: status,
                executor: executors[status.id],
                statistics: found.map(Mesos_V1_ResourceStatistics.init),
                pressure: found?.usage.pressure ?? [],
                networkFailure: found?.networkFailure
            )
        }
    }

    /// Reads the kernel's files away from the event loops, by as many threads as there are processors.
    private func statistics(of ids: [ContainerID], withPressure: Bool) async -> [ContainerID: ContainerStatistics] {
        let size = max((ids.count + System.coreCount - 1) / System.coreCount, Self.smallestPart)
        return await withTaskGroup(of: [ContainerID: ContainerStatistics].self) { group in
            for start in stride(from: 0, to: ids.count, by: size) {
                let part = ids[start..<min(start + size, ids.count)]
                group.addTask { [containerizer] in
                    let read = try? await NIOThreadPool.singleton.runIfActive {
                        containerizer.statistics(of: part, withPressure: withPressure)
                    }
                    return read ?? [:]
                }
            }
            return await group.reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }
        }
    }

    /// For fewer containers another thread is not worth its while.
    private static let smallestPart = 16
}

extension ContainerReads.Entry {
    /// How long its programs waited, for which Mesos has no field: seconds in which some did, in which all did, and the part of
    /// the last ten seconds.
    fileprivate func write(pressureTo writer: inout JSONWriter) {
        writer.object("pressure") { writer in
            for pressure in pressure {
                writer.object(pressure.resource) { writer in
                    writer.field("some_secs", Double(pressure.someMicroseconds) / 1e6)
                    if let full = pressure.fullMicroseconds { writer.field("full_secs", Double(full) / 1e6) }
                    writer.field("some_of_10_secs", Double(pressure.someOfTenSeconds) / 10_000)
                }
            }
        }
    }

    fileprivate var containerStatus: Mesos_V1_ContainerStatus {
        var message = Mesos_V1_ContainerStatus()
        message.containerID = status.id.message
        message.executorPid = UInt32(clamping: status.pid ?? 0)
        message.networkInfos = status.networks.map(\.message)
        return message
    }
}
