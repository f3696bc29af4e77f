import Cluster
import MesosMessages
import SwiftProtobuf

/// The tasks that a master knows, with where they run and whose they are.
struct TaskCatalogue: Sendable {
    /// A task and what belongs to it.
    struct Entry: Sendable {
        let task: Mesos_V1_Task
        let framework: Mesos_V1_FrameworkInfo
        let isFrameworkConnected: Bool
        let agent: Mesos_V1_AgentInfo?

        var id: String { task.taskID.value }
        var isActive: Bool { !task.state.isTerminal }
        /// The executor of a group; a task without one has an executor of its own id.
        var executorID: String { task.hasExecutorID && !task.executorID.value.isEmpty ? task.executorID.value : id }
        /// Whether it is one of a group.
        var isInGroup: Bool { executorID != id }
        /// Since when it is in its state, in seconds since 1970.
        var since: Double? { task.statuses.last { $0.state == task.state }?.timestamp ?? task.statuses.last?.timestamp }
        /// Since when it is known, in seconds since 1970.
        var started: Double? { task.statuses.lazy.map(\.timestamp).filter { $0 > 0 }.min() }
        /// The container that its agent told of.
        var container: Mesos_V1_ContainerID? {
            task.statuses.last { $0.containerStatus.hasContainerID }?.containerStatus.containerID
        }
        /// The name after `agora run`, if that is what launched it.
        var podName: String? {
            framework.isOfAgoraRun ? String(framework.name.trimmingPrefix("agora run ")) : nil
        }

        /// The pod's and the container's name, or the task's.
        var fullName: String { isInGroup ? "\(podName ?? executorID)/\(task.name)" : task.name }
        /// What its health check found last, while it runs; nothing if it has none.
        var healthy: Bool? {
            guard task.state == .taskRunning, let last = task.statuses.last, last.hasHealthy else { return nil }
            return last.healthy
        }
        /// Its framework's name, or its id if that has none.
        var frameworkName: String { framework.name.isEmpty ? task.frameworkID.value : framework.name }

        /// Where its output stands, if its agent is known.
        var sandbox: TaskSandbox? {
            guard let agent, let container else { return nil }
            return TaskSandbox(
                taskID: TaskID(id),
                name: task.name,
                agent: Endpoint(of: agent),
                directory: TaskSandbox.directory(
                    framework: task.frameworkID.value,
                    executor: executorID,
                    container: isInGroup ? container.value : nil
                ),
                container: container
            )
        }
    }

    /// Active ones first, the newest first among each.
    let entries: [Entry]

    init(
        tasks: Mesos_V1_Master_Response.GetTasks,
        frameworks: Mesos_V1_Master_Response.GetFrameworks,
        agents: Mesos_V1_Master_Response.GetAgents
    ) {
        let known = Dictionary((frameworks.frameworks + frameworks.completedFrameworks).map { ($0.frameworkInfo.id.value, $0) }) {
            first,
            _ in first
        }
        let infos = agents.agents.map(\.agentInfo) + agents.recoveredAgents
        let machines = Dictionary(infos.map { ($0.id.value, $0) }) { first, _ in first }
        let all = tasks.tasks + tasks.unreachableTasks + tasks.completedTasks
        let entries = all.map { task in
            let framework = known[task.frameworkID.value]
            return Entry(
                task: task,
                framework: framework?.frameworkInfo ?? .with { $0.id = task.frameworkID },
                isFrameworkConnected: framework?.connected ?? false,
                agent: machines[task.agentID.value]
            )
        }
        self.entries = entries.sorted { left, right in
            if left.isActive != right.isActive { return left.isActive }
            return (right.since ?? 0, left.id) < (left.since ?? 0, right.id)
        }
    }

    static func read(from master: MasterClient) async throws(ClientError) -> TaskCatalogue {
        TaskCatalogue(try await master.state())
    }

    init(_ state: Mesos_V1_Master_Response.GetState) {
        self.init(tasks: state.getTasks, frameworks: state.getFrameworks, agents: state.getAgents)
    }

    /// The tasks that `name` means: the one of this id; else those of this executor; else those of this task's or pod's
    /// name, of one run only.
    func find(_ name: String) throws(TaskLookupError) -> [Entry] {
        let tiers: [(Entry) -> Bool] = [
            { $0.id == name }, { $0.executorID == name }, { $0.podName == name || $0.task.name == name },
        ]
        for isMeant in tiers {
            let found = entries.filter(isMeant)
            let active = found.filter(\.isActive)
            let candidates = active.isEmpty ? Array(found.prefix { Self.isSameRun($0, found[0]) }) : active
            guard let first = candidates.first else { continue }
            guard candidates.allSatisfy({ Self.isSameRun($0, first) }) else {
                throw TaskLookupError(name: name, cause: .ambiguous(candidates.map(\.id)))
            }
            return entries.filter { Self.isSameRun($0, first) && isMeant($0) }
        }
        let names = entries.flatMap { [$0.id, $0.executorID, $0.task.name] }
        throw TaskLookupError(name: name, cause: .unknown(nearest: Nearest.names(to: name, among: names)))
    }

    private static func isSameRun(_ left: Entry, _ right: Entry) -> Bool {
        left.task.frameworkID == right.task.frameworkID && left.executorID == right.executorID
    }
}

/// A name that means no task, or too many.
struct TaskLookupError: Error, CustomStringConvertible, Hashable {
    enum Cause: Hashable {
        case unknown(nearest: [String])
        case ambiguous([String])
        /// The pod is there, and has these containers.
        case noContainer([String])
    }

    let name: String
    let cause: Cause

    var description: String {
        switch cause {
        case .unknown(let nearest) where nearest.isEmpty: "there is no task \"\(name.clipped)\"; `agora ps --all` lists them"
        case .unknown(let nearest): "there is no task \"\(name.clipped)\"; did you mean \(nearest.joined(separator: " or "))?"
        case .ambiguous(let ids):
            "\"\(name.clipped)\" means more than one task: \(ids.prefix(10).joined(separator: ", ")); name one by its id"
        case .noContainer(let names):
            "there is no container \"\(name.clipped)\"; \(Self.hint(name, names))"
        }
    }

    private static func hint(_ name: String, _ names: [String]) -> String {
        let nearest = Nearest.names(to: name, among: names)
        guard nearest.isEmpty else { return "did you mean \(nearest.joined(separator: " or "))?" }
        return "there is \(names.isEmpty ? "none that runs" : names.joined(separator: ", "))"
    }
}

extension Mesos_V1_FrameworkInfo {
    /// Whether it was registered by `agora run`.
    var isOfAgoraRun: Bool { labels.labels.contains { $0.key == PodRunOptions.label } }

    /// Whether `agora run --detach` has left it behind.
    var isOfDetachedRun: Bool { isOfAgoraRun && failoverTimeout >= Double(PodRunOptions.detachedFailover.components.seconds) }

    /// Whether a user who writes `text` means this framework: by its id, its name, or the pod that it runs.
    func isMeant(by text: String) -> Bool {
        id.value == text || name == text || (isOfAgoraRun && name == "agora run \(text)")
    }
}
