import Cluster
import Foundation
import MasterCore
import MesosAPI
import MesosMessages
import Testing

func taskInfo(_ id: String, on agent: AgentID, _ resources: String = "cpus:1;mem:64") throws -> Mesos_V1_TaskInfo {
    var task = Mesos_V1_TaskInfo()
    task.name = id
    task.taskID.value = id
    task.agentID = agent.message
    task.resources = try Resources.parse(resources).messages
    task.command.value = "true"
    return task
}

func launch(_ tasks: [Mesos_V1_TaskInfo]) -> Mesos_V1_Offer.Operation {
    var operation = Mesos_V1_Offer.Operation()
    operation.type = .launch
    operation.launch.taskInfos = tasks
    return operation
}

func executorInfo(_ id: String, _ resources: String = "cpus:0.1;mem:64;disk:16") throws -> Mesos_V1_ExecutorInfo {
    var executor = Mesos_V1_ExecutorInfo()
    executor.type = .default
    executor.executorID.value = id
    executor.resources = try Resources.parse(resources).messages
    return executor
}

func launchGroup(_ executor: Mesos_V1_ExecutorInfo, _ tasks: [Mesos_V1_TaskInfo]) -> Mesos_V1_Offer.Operation {
    var operation = Mesos_V1_Offer.Operation()
    operation.type = .launchGroup
    operation.launchGroup.executor = executor
    operation.launchGroup.taskGroup.tasks = tasks
    return operation
}

func uuid(_ byte: UInt8) -> Data { Data(repeating: byte, count: 16) }

extension TestMaster {
    /// Accepts offers with operations; what is left is refused for good, so that tests see only what they cause.
    @discardableResult
    mutating func accept(
        _ scheduler: TestScheduler,
        _ offers: [OfferID],
        _ operations: [Mesos_V1_Offer.Operation],
        refuse seconds: Double = 1e6
    ) -> (status: Int, text: String)? {
        send(scheduler, .accept) { call in
            call.accept.offerIds = offers.map(\.message)
            call.accept.operations = operations
            call.accept.filters.refuseSeconds = seconds
        }
    }

    /// A status update by an agent.
    @discardableResult
    mutating func report(
        _ task: String,
        _ state: Mesos_V1_TaskState,
        uuid: Data?,
        by agent: TestAgent,
        of framework: FrameworkID,
        latest: Mesos_V1_TaskState? = nil,
        source: Mesos_V1_TaskStatus.Source = .executor
    ) -> (status: Int, text: String)? {
        send(agent, .updateStatus) { call in
            var update = Agora_V1_StatusUpdate()
            update.frameworkID = framework.message
            update.status.taskID.value = task
            update.status.agentID = agent.id.message
            update.status.state = state
            update.status.source = source
            if let uuid { update.status.uuid = uuid }
            if let latest { update.latestState = latest }
            call.updateStatus.updates = [update]
        }
    }

    @discardableResult
    mutating func acknowledge(_ task: String, _ uuid: Data, on agent: TestAgent, by scheduler: TestScheduler) -> (
        status: Int, text: String
    )? {
        send(scheduler, .acknowledge) { call in
            call.acknowledge.agentID = agent.id.message
            call.acknowledge.taskID.value = task
            call.acknowledge.uuid = uuid
        }
    }

    /// A scheduler, an agent, and a task that runs there.
    static func running(
        _ task: String = "t",
        info: Mesos_V1_FrameworkInfo = frameworkInfo()
    ) throws -> (master: TestMaster, scheduler: TestScheduler, agent: TestAgent) {
        var master = TestMaster()
        let scheduler = try master.scheduler(info)
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo(task, on: agent.id)])])
        master.report(task, .taskRunning, uuid: uuid(1), by: agent, of: scheduler.id)
        master.acknowledge(task, uuid(1), on: agent, by: scheduler)
        _ = master.events(of: scheduler.stream)
        _ = master.events(of: agent)
        return (master, scheduler, agent)
    }
}
