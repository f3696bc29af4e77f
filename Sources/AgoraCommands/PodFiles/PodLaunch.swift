import Cluster
import MesosAPI
import MesosMessages

/// What `agora run` is to run, before it is known where: whatever the user wrote, it becomes this.
struct PodLaunch {
    /// The pod's name, from which the ids are made.
    var name: String
    /// The executor of a task group; nothing for a single task.
    var executor: Mesos_V1_ExecutorInfo?
    /// The tasks, without agent; with the ids that the user gave, if any.
    var tasks: [Mesos_V1_TaskInfo]
    /// What an agent must say of itself.
    var selector = NodeSelector()
    /// What the user should know, a line each.
    var notes: [String] = []
    /// What the file says of its network.
    var network = PodNetworkNeeds()

    /// Whether it is a group under an executor.
    var isGroup: Bool { executor != nil }

    /// Whether a part of it needs a GPU.
    var needsGPUs: Bool { tasks.contains { $0.resources.contains { $0.name == "gpus" && $0.scalar.value > 0 } } }

    /// The same with every id set, in which `suffix` tells one run of a pod from the next.
    func identified(by suffix: String) -> PodLaunch {
        var launch = self
        let identifier = "\(name)-\(suffix)"
        if launch.executor?.executorID.value.isEmpty ?? false { launch.executor?.executorID.value = identifier }
        for index in launch.tasks.indices where launch.tasks[index].taskID.value.isEmpty {
            launch.tasks[index].taskID.value = isGroup ? "\(identifier).\(launch.tasks[index].name)" : identifier
        }
        return launch
    }

    /// All that must be in one offer.
    var demand: Demand {
        Demand(executor: executor?.resources ?? [], tasks: tasks.map(\.resources))
    }
}

/// What a pod asks of the machine that it runs on, from a pod file's `nodeSelector` or `--node-selector`.
struct NodeSelector: Hashable {
    /// Attributes of the agent by name; `kubernetes.io/hostname` and `hostname` mean its host name.
    var attributes: [String: String] = [:]

    static let hostnameNames: Set<String> = ["hostname", "kubernetes.io/hostname"]

    /// Whether the agent of an offer is one of those.
    func accepts(_ offer: Mesos_V1_Offer) -> Bool {
        attributes.allSatisfy { name, value in
            if Self.hostnameNames.contains(name) { return offer.hostname == value }
            return offer.attributes.contains { $0.name == name && $0.valueText == value }
        }
    }
}
