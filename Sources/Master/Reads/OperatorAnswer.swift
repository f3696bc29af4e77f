import Cluster
import MasterCore
import MesosAPI
import MesosMessages

/// The answers of the operator API that are built.
struct OperatorAnswer {
    typealias Call = Mesos_V1_Master_Call.TypeEnum
    typealias Response = Mesos_V1_Master_Response

    let reading: StateReading
    let build: BuildInfo

    private var state: ClusterState { reading.state }

    /// The calls that are answered.
    static let built: Set<Call> = [
        .getHealth, .getVersion, .getFlags, .getMetrics, .getState, .getAgents, .getFrameworks, .getExecutors, .getTasks, .getRoles,
        .getMaster,
    ]

    /// The answer to one of these calls.
    func response(to call: Call) -> Response {
        var response = Response()
        switch call {
        case .getVersion:
            response.type = .getVersion
            response.getVersion.versionInfo = build.message
        case .getFlags:
            response.type = .getFlags
            response.getFlags.flags = reading.flags.map { Mesos_V1_Flag(name: $0.name, value: $0.value) }
        case .getMetrics:
            response.type = .getMetrics
            response.getMetrics.metrics = MasterMetrics(reading).all.map { Mesos_V1_Metric(name: $0.name, value: $0.value) }
        case .getState:
            let usage = ClusterUsage(state)
            response.type = .getState
            response.getState.getAgents = agents(usage)
            response.getState.getFrameworks = frameworks(usage)
            response.getState.getExecutors = executors
            response.getState.getTasks = tasks
        case .getAgents:
            response.type = .getAgents
            response.getAgents = agents(ClusterUsage(state))
        case .getFrameworks:
            response.type = .getFrameworks
            response.getFrameworks = frameworks(ClusterUsage(state))
        case .getExecutors:
            response.type = .getExecutors
            response.getExecutors = executors
        case .getTasks:
            response.type = .getTasks
            response.getTasks = tasks
        case .getRoles:
            response.type = .getRoles
            response.getRoles.roles = state.roleMessages(ClusterUsage(state))
        case .getMaster:
            response.type = .getMaster
            response.getMaster.masterInfo = state.masterInfo
            response.getMaster.startTime = state.started.seconds
            response.getMaster.electedTime = state.started.seconds
        default:
            response.type = .getHealth
            response.getHealth.healthy = true
        }
        return response
    }

    private func agents(_ usage: ClusterUsage) -> Response.GetAgents {
        var answer = Response.GetAgents()
        answer.agents = state.agentMessages(usage)
        answer.recoveredAgents = state.recoveredAgentMessages
        return answer
    }

    private func frameworks(_ usage: ClusterUsage) -> Response.GetFrameworks {
        var answer = Response.GetFrameworks()
        answer.frameworks = state.frameworkMessages(usage)
        answer.completedFrameworks = state.completedFrameworkMessages
        return answer
    }

    private var executors: Response.GetExecutors {
        var answer = Response.GetExecutors()
        answer.executors = state.executorMessages
        return answer
    }

    private var tasks: Response.GetTasks {
        var answer = Response.GetTasks()
        answer.tasks = state.taskMessages
        answer.unreachableTasks = state.unreachableTaskMessages
        answer.completedTasks = state.completedTaskMessages
        return answer
    }
}

extension Mesos_V1_Flag {
    fileprivate init(name: String, value: String) {
        self.init()
        self.name = name
        self.value = value
    }
}

extension Mesos_V1_Metric {
    fileprivate init(name: String, value: Double) {
        self.init()
        self.name = name
        self.value = value
    }
}
