import AgentCore
import Cluster
import CoreLoop
import Fetcher
import HTTPService
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// The operator's calls that only look.
struct ReadCalls: Sendable {
    let view: AgentView.Source
    let containers: ContainerReads
    let files: FileReads
    let fetcher: Fetcher
    let sandboxes: SandboxCounts
    let verbosity: LogVerbosity

    func answer(_ call: Mesos_V1_Agent_Call) async throws(Refusal) -> Mesos_V1_Agent_Response {
        switch call.type {
        case .getHealth: return .response(.getHealth) { $0.getHealth.healthy = true }
        case .getVersion:
            return .response(.getVersion) { $0.getVersion.versionInfo.version = AgentConfiguration.mesosVersion }
        case .getAgent:
            let core = try await view().core
            return .response(.getAgent) { response in
                response.getAgent.agentInfo = core.info
                guard let drain = core.drain else { return }
                response.getAgent.drainConfig = drain.config
                if drain.hasStarted { response.getAgent.estimatedDrainStartTime = drain.started }
            }
        case .getFlags:
            let flags = try await view().facts.flags
            return .response(.getFlags) { response in
                response.getFlags.flags = flags.map { (name, value) in .with { ($0.name, $0.value) = (name, value) } }
            }
        case .getMetrics:
            guard call.hasGetMetrics else { throw Refusal(400, "get_metrics: missing; a call of type GET_METRICS must carry it") }
            let metrics = AgentMetrics(try await view(), fetcher.statistics, sandboxes, now: SteadyClock().now).all
            return .response(.getMetrics) { response in
                response.getMetrics.metrics = metrics.map { (name, value) in .with { ($0.name, $0.value) = (name, value) } }
            }
        case .getLoggingLevel:
            return .response(.getLoggingLevel) { $0.getLoggingLevel.level = verbosity.number }
        case .getContainers:
            return await containers.answer(call.getContainers, try await view())
        case .listFiles:
            guard call.hasListFiles else { throw Refusal(400, "list_files: missing; its path says what to list") }
            return try await files.list(call.listFiles.path)
        case .readFile:
            guard call.hasReadFile else { throw Refusal(400, "read_file: missing; its path says what to read") }
            return try await files.read(call.readFile)
        case .getOperations:
            return .response(.getOperations) { $0.getOperations = .init() }
        case .getResourceProviders:
            return .response(.getResourceProviders) { $0.getResourceProviders = .init() }
        default: return try await lists(call.type)
        }
    }

    /// SET_LOGGING_LEVEL.
    func setLevel(_ call: Mesos_V1_Agent_Call) throws(Refusal) -> OperatorAnswer {
        guard call.hasSetLoggingLevel else {
            throw Refusal(400, "set_logging_level: missing; a call of type SET_LOGGING_LEVEL must carry it")
        }
        let duration = Duration.nanoseconds(call.setLoggingLevel.duration.nanoseconds)
        try verbosity.set(call.setLoggingLevel.level, for: duration, field: "set_logging_level.duration")
        return .status(200)
    }

    private func lists(_ type: Mesos_V1_Agent_Call.TypeEnum) async throws(Refusal) -> Mesos_V1_Agent_Response {
        let view = try await view()
        switch type {
        case .getTasks: return .response(.getTasks) { $0.getTasks = view.taskLists }
        case .getExecutors: return .response(.getExecutors) { $0.getExecutors = view.executorLists }
        case .getFrameworks: return .response(.getFrameworks) { $0.getFrameworks = view.frameworkLists }
        default:
            return .response(.getState) { response in
                response.getState.getTasks = view.taskLists
                response.getState.getExecutors = view.executorLists
                response.getState.getFrameworks = view.frameworkLists
            }
        }
    }
}

extension Mesos_V1_Agent_Response {
    static func response(_ type: TypeEnum, _ fill: (inout Mesos_V1_Agent_Response) -> Void) -> Mesos_V1_Agent_Response {
        var message = Mesos_V1_Agent_Response()
        message.type = type
        fill(&message)
        return message
    }
}

extension AgentView {
    fileprivate var taskLists: Mesos_V1_Agent_Response.GetTasks {
        var lists = Mesos_V1_Agent_Response.GetTasks()
        lists.queuedTasks = queuedTasks
        lists.launchedTasks = launchedTasks
        lists.terminatedTasks = terminatedTasks
        lists.completedTasks = completedTasks
        return lists
    }

    fileprivate var executorLists: Mesos_V1_Agent_Response.GetExecutors {
        func entry(_ info: Mesos_V1_ExecutorInfo) -> Mesos_V1_Agent_Response.GetExecutors.Executor {
            .with { $0.executorInfo = info.withoutSecrets }
        }
        var lists = Mesos_V1_Agent_Response.GetExecutors()
        lists.executors = executors.map { entry($0.stored.info) }
        lists.completedExecutors = core.history.executors.map { entry($0.stored.info) }
        return lists
    }

    fileprivate var frameworkLists: Mesos_V1_Agent_Response.GetFrameworks {
        func entry(_ info: Mesos_V1_FrameworkInfo) -> Mesos_V1_Agent_Response.GetFrameworks.Framework {
            .with { $0.frameworkInfo = info }
        }
        var lists = Mesos_V1_Agent_Response.GetFrameworks()
        lists.frameworks = frameworks.map(entry)
        lists.completedFrameworks = core.history.frameworks.map(entry)
        return lists
    }
}
