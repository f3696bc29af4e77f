import AgentCore
import Cluster
import Foundation
import MesosMessages

/// Status updates: written before they are told; delivered in order, each at least once until it is acknowledged; and
/// acknowledged by nobody but their framework while that is there.
struct UpdateChecker: Sendable {
    /// The updates of one task, as its agent wrote them.
    private struct Stream: Sendable {
        var uuids: [Data] = []
        var agent = 0
        /// Whether it was forgotten together with its framework, which the master had removed.
        var isDropped = false
        /// How many of them the framework heard.
        var heard = 0
        /// Those that it acknowledged.
        var acknowledged: Set<Data> = []
    }

    private var streams: [TaskName: Stream] = [:]
    /// Updates that frameworks heard for the first time.
    private(set) var heard = 0

    mutating func stored(_ changes: [StorageChange], on agent: Int) {
        for case .putUpdate(_, _, let update) in changes {
            let name = TaskName(framework: FrameworkID(update.frameworkID.value), task: TaskID(update.status.taskID.value))
            streams[name, default: Stream()].uuids.append(update.status.uuid)
            streams[name]?.agent = agent
        }
    }

    mutating func delivered(_ name: TaskName, _ status: Mesos_V1_TaskStatus) -> [String] {
        guard status.hasUuid else { return [] }
        guard let place = streams[name]?.uuids.firstIndex(of: status.uuid), let known = streams[name]?.heard else {
            return ["\(name): \(Words.of(status)) was delivered, and no agent wrote it down before"]
        }
        guard place <= known else {
            return ["\(name): update \(place + 1), \(Words.of(status)), was delivered before update \(known + 1)"]
        }
        if place == known {
            streams[name]?.heard += 1
            heard += 1
        }
        return []
    }

    /// What an agent forgets with a framework that its master removed: nobody is to hear of it.
    mutating func agentHeard(_ agent: Int, _ input: AgentInput) {
        guard case .event(_, let event) = input, event.type == .shutdownFramework else { return }
        let id = FrameworkID(event.shutdownFramework.frameworkID.value)
        for name in streams.keys where name.framework == id && streams[name]?.agent == agent { streams[name]?.isDropped = true }
    }

    mutating func frameworkCalls(_ call: Mesos_V1_Scheduler_Call) {
        guard call.type == .acknowledge else { return }
        let name = TaskName(framework: FrameworkID(call.frameworkID.value), task: TaskID(call.acknowledge.taskID.value))
        streams[name]?.acknowledged.insert(call.acknowledge.uuid)
    }

    /// The master acknowledged it for a framework that it had removed.
    mutating func drop(_ name: TaskName) {
        streams[name]?.isDropped = true
    }

    func isAcknowledged(_ name: TaskName, _ uuid: Data) -> Bool {
        streams[name]?.acknowledged.contains(uuid) ?? false
    }

    /// Tasks of living frameworks of which something was written and not heard.
    func unheard(of frameworks: Set<FrameworkID>) -> [String] {
        streams.filter { frameworks.contains($0.key.framework) && !$0.value.isDropped && $0.value.heard < $0.value.uuids.count }.sorted {
            $0.key < $1.key
        }
        .map { "\($0.key): its framework heard \($0.value.heard) of \($0.value.uuids.count) updates" }
    }
}
