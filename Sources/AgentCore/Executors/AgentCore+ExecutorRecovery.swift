import Cluster
import HashTreeCollections
import MesosMessages

extension AgentCore {
    /// The container of a custom executor runs on: the executor must come back, if it was to outlive the agent.
    mutating func goOnCustom(_ executor: ExecutorRecord, _ turn: inout Turn) {
        let key = executor.key
        if let limits = try? ContainerLimits(executor: executor.stored.info.resources, tasks: living(of: executor)) {
            executors[key]?.limits = limits
        }
        guard frameworks[key.framework]?.info.checkpoint == true else {
            executors[key]?.session.endCause = .isNotCheckpointed
            return endByForce(key, &turn)
        }
        let options = configuration.executors
        // Nobody knows what it got before; an executor that may have worked is not ended for having nothing to do.
        executors[key]?.session.wasSentTask = true
        let hadSubscribed = executor.tasks.contains { tasks[$0]?.stored.isDelivered == true }
        executors[key]?.session.isRecovered = hadSubscribed
        expectSubscription(of: key, within: hadSubscribed ? options.reregistrationTimeout : options.registrationTimeout, &turn)
    }

    private func living(of executor: ExecutorRecord) -> [Mesos_V1_TaskInfo] {
        executor.tasks.compactMap { tasks[$0] }.filter { $0.phase != .ended }.map(\.stored.info)
    }

    /// What was delivered before the restart may run.
    func phaseOfRestored(_ task: StoredTask) -> TaskRecord.Phase {
        task.isDelivered ? .running(pid: 0) : .waiting
    }
}
