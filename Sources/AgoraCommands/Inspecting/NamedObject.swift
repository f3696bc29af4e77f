import ArgumentParser
import MesosMessages

/// What kinds of things `agora inspect` knows.
enum ObjectKind: String, CaseIterable, ExpressibleByArgument, Comparable, Sendable {
    case task
    case node
    case framework
    case role
    case container

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Something of the cluster by what people may call it.
struct NamedObject: Sendable {
    enum Content: Sendable {
        case task(TaskCatalogue.Entry)
        case node(Mesos_V1_Master_Response.GetAgents.Agent)
        case framework(Mesos_V1_Master_Response.GetFrameworks.Framework)
        case role(Mesos_V1_Role)
        /// Of this agent; nil: its agent is gone.
        case container(Mesos_V1_ContainerID, ClusterNode?)
    }

    let id: String
    let names: [String]
    let content: Content

    var kind: ObjectKind {
        switch content {
        case .task: .task
        case .node: .node
        case .framework: .framework
        case .role: .role
        case .container: .container
        }
    }

    /// "task web-7dqgl", for messages.
    var words: String { "\(kind.rawValue) \(id)" }

    init(_ entry: TaskCatalogue.Entry) {
        id = entry.id
        names = [entry.task.name, entry.podName ?? "", entry.isInGroup ? entry.executorID : ""].filter { !$0.isEmpty }
        content = .task(entry)
    }

    init(_ agent: Mesos_V1_Master_Response.GetAgents.Agent) {
        id = agent.agentInfo.id.value
        names = [agent.agentInfo.hostname, Endpoint(of: agent.agentInfo).description]
        content = .node(agent)
    }

    init(_ framework: Mesos_V1_Master_Response.GetFrameworks.Framework) {
        id = framework.frameworkInfo.id.value
        names = [framework.frameworkInfo.name]
        content = .framework(framework)
    }

    init(_ role: Mesos_V1_Role) {
        id = role.name
        names = []
        content = .role(role)
    }

    init(_ container: Mesos_V1_ContainerID, on node: ClusterNode?) {
        id = container.words
        names = [container.value]
        content = .container(container, node)
    }
}
