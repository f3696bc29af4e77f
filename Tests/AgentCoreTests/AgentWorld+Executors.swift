import AgentCore
import Cluster
import FoundationEssentials
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// The process of a custom executor, as its container holds it: it outlives the agent, and remembers what is not
/// acknowledged.
struct ExecutorProgram {
    let executor: String
    var stream: UInt64?
    /// Tasks that have not ended, and whether they run.
    var tasks: [String: Bool] = [:]
    var unacknowledgedTasks: Set<String> = []
    var updates: [Mesos_V1_TaskStatus] = []

    var call: Mesos_V1_Executor_Call {
        .with {
            $0.executorID.value = executor
            $0.frameworkID.value = CoreHarness.framework.value
        }
    }
}

extension AgentWorld {
    mutating func launchCustomTasks() {
        guard agent.core.isSubscribed else { return }
        let isGroup = chance(50)
        let tasks = (0..<(isGroup ? 2 : 1)).map { _ in
            let name = "task\(launchedTasks.count)"
            launchedTasks.append(name)
            return Mesos_V1_TaskInfo.sample(name) { $0.clearCommand() }
        }
        var executor = Mesos_V1_ExecutorInfo.custom
        executor.executorID.value = "custom\(chance(50) ? 0 : 1)"
        let doesCheckpoint = chance(80)
        agent.event(.launch) { event in
            event.launch.framework = doesCheckpoint ? .checkpointing([.partitionAware, .taskKillingState]) : .sample([.partitionAware])
            event.launch.executor = executor
            event.launch.tasks = tasks
            event.launch.isGroup = isGroup
        }
    }

    mutating func shutDownExecutors() {
        for executor in ["custom0", "custom1"] {
            agent.event(.shutdownExecutor) {
                $0.shutdownExecutor.frameworkID.value = CoreHarness.framework.value
                $0.shutdownExecutor.executorID.value = executor
            }
        }
    }

    /// A program does one thing.
    mutating func moveProgram() {
        guard let id = programs.keys.sorted().randomElement(using: &generator), let program = programs[id],
            case .running = containers[id]
        else { return }
        guard let stream = program.stream else { return subscribe(id) }
        if chance(10), !isHealed {
            programs[id]?.stream = nil
            return agent.handle(.executorStreamClosed(StreamID(stream)))
        }
        guard let task = program.tasks.keys.sorted().randomElement(using: &generator), let isRunning = program.tasks[task] else { return }
        guard isRunning else {
            programs[id]?.tasks[task] = true
            return tell(id, task, .taskRunning)
        }
        end(task, of: id, as: chance(50) ? .taskFinished : .taskFailed)
    }

    private mutating func subscribe(_ id: ContainerID) {
        guard let program = programs[id] else { return }
        nextStream += 1
        programs[id]?.stream = nextStream
        var call = program.call
        call.type = .subscribe
        call.subscribe.unacknowledgedTasks = program.unacknowledgedTasks.sorted().map { .sample($0) }
        call.subscribe.unacknowledgedUpdates = program.updates.map { status in .with { $0.status = status } }
        agent.handle(.executorSubscribe(StreamID(nextStream), call, nil, reply: Reply()))
    }

    private mutating func end(_ task: String, of id: ContainerID, as state: Mesos_V1_TaskState) {
        programs[id]?.tasks[task] = nil
        tell(id, task, state)
    }

    /// An update, which may be lost on its way.
    private mutating func tell(_ id: ContainerID, _ task: String, _ state: Mesos_V1_TaskState) {
        nextUpdate += 1
        var status = Mesos_V1_TaskStatus.made(task, state)
        status.uuid = Data((0..<8).map { UInt8(truncatingIfNeeded: nextUpdate >> ($0 * 8)) } + [UInt8](repeating: 3, count: 8))
        programs[id]?.updates.append(status)
        guard isHealed || chance(90), var call = programs[id]?.call else { return loseStream(of: id) }
        call.type = .update
        call.update.status = status
        agent.handle(.executorCall(call, nil, reply: Reply()))
    }

    /// A call that failed makes a program subscribe anew.
    private mutating func loseStream(of id: ContainerID) {
        guard let stream = programs[id]?.stream else { return }
        programs[id]?.stream = nil
        agent.handle(.executorStreamClosed(StreamID(stream)))
    }

    /// What the agent says arrives, unless the stream is over.
    mutating func hear(_ event: Mesos_V1_Executor_Event, on stream: StreamID) {
        guard let id = programs.first(where: { $0.value.stream == stream.number })?.key else { return }
        switch event.type {
        case .launch: take([event.launch.task], id)
        case .launchGroup: take(event.launchGroup.taskGroup.tasks, id)
        case .kill where programs[id]?.tasks[event.kill.taskID.value] != nil:
            end(event.kill.taskID.value, of: id, as: .taskKilled)
        case .acknowledged:
            programs[id]?.updates.removeAll { $0.uuid == event.acknowledged.uuid }
            programs[id]?.unacknowledgedTasks.remove(event.acknowledged.taskID.value)
        case .shutdown: if isHealed || chance(50) { containers[id] = .ended(0) }
        default: break
        }
    }

    private mutating func take(_ tasks: [Mesos_V1_TaskInfo], _ id: ContainerID) {
        for task in tasks {
            programs[id]?.tasks[task.taskID.value] = false
            programs[id]?.unacknowledgedTasks.insert(task.taskID.value)
        }
    }
}
