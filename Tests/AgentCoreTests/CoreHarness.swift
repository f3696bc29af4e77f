import AgentCore
import Cluster
import FoundationEssentials
import HashTreeCollections
import MesosMessages

/// An agent core with a clock, a disk and a list of what it asked for; a test drives it by plain calls.
struct CoreHarness {
    var core: AgentCore
    var now = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
    /// All effects since the last `take`.
    var effects: [AgentEffect] = []
    /// What the changes so far have made of the disk.
    var disk = StoredAgent()
    var connection: UInt64 = 0
    /// Every update that was sent, in order, repeats included.
    var sent: [Agora_V1_StatusUpdate] = []

    static let framework = FrameworkID("framework")

    init(seed: UInt64 = 1, configuration: AgentCoreConfiguration = Self.configuration) {
        core = AgentCore(
            configuration: configuration,
            generator: SeededGenerator(seed: (seed, seed &* 0x9e37_79b9, ~seed, seed << 32))
        )
    }

    static var configuration: AgentCoreConfiguration {
        var info = Mesos_V1_AgentInfo()
        info.hostname = "node1"
        info.port = 5051
        return AgentCoreConfiguration(info: info, version: "1.0", address: "127.0.0.1", workDirectory: "/work")
    }

    /// A core that is subscribed as agent "S1".
    static func subscribed(seed: UInt64 = 1) -> CoreHarness {
        var harness = CoreHarness(seed: seed)
        harness.handle(.start)
        harness.subscribe()
        harness.effects = []
        return harness
    }

    mutating func handle(_ input: AgentInput) {
        var new: [AgentEffect] = []
        core.handle(input, at: now, effects: &new)
        note(new)
    }

    mutating func note(_ new: [AgentEffect]) {
        for effect in new {
            switch effect {
            case .persist(let change): disk.apply(change)
            case .connect(let number, _): connection = number
            case .send(_, let call) where call.type == .updateStatus: sent += call.updateStatus.updates
            default: break
            }
        }
        effects += new
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        handle(.tick)
    }

    /// Ticks at every deadline until the moment has come, as the loop does.
    mutating func run(for duration: Duration) {
        let end = now + duration
        while let deadline = core.nextDeadline, deadline <= end {
            now = max(now, deadline)
            handle(.tick)
        }
        now = end
    }

    mutating func take() -> [AgentEffect] {
        defer { effects = [] }
        return effects
    }

    // MARK: The master

    mutating func event(_ type: Agora_V1_AgentEvent.TypeEnum, _ fill: (inout Agora_V1_AgentEvent) -> Void = { _ in }) {
        var event = Agora_V1_AgentEvent()
        event.type = type
        fill(&event)
        handle(.event(connection: connection, event))
    }

    mutating func subscribe() {
        event(.subscribed) {
            $0.subscribed.agentID.value = "S1"
            $0.subscribed.heartbeatIntervalSeconds = 15
        }
    }

    mutating func launch(_ tasks: [Mesos_V1_TaskInfo], by framework: Mesos_V1_FrameworkInfo = .sample()) {
        event(.launch) {
            $0.launch.framework = framework
            $0.launch.tasks = tasks
        }
    }

    mutating func launchGroup(
        _ tasks: [Mesos_V1_TaskInfo],
        executor: Mesos_V1_ExecutorInfo = .sample(),
        by framework: Mesos_V1_FrameworkInfo = .sample()
    ) {
        event(.launch) {
            $0.launch.framework = framework
            $0.launch.executor = executor
            $0.launch.tasks = tasks
            $0.launch.isGroup = true
        }
    }

    mutating func kill(_ task: String, grace: Duration? = nil) {
        event(.kill) {
            $0.kill.frameworkID.value = Self.framework.value
            $0.kill.taskID.value = task
            if let grace { $0.kill.killPolicy.gracePeriod.nanoseconds = grace.clampedNanoseconds }
        }
    }

    mutating func acknowledge(_ update: Agora_V1_StatusUpdate) {
        event(.acknowledge) {
            $0.acknowledge.frameworkID = update.frameworkID
            $0.acknowledge.taskID = update.status.taskID
            $0.acknowledge.uuid = update.status.uuid
        }
    }

    /// Acknowledges all that is sent until nothing more comes.
    mutating func acknowledgeAll() {
        var done = 0
        var known: Set<Data> = []
        while done < sent.count {
            let update = sent[done]
            done += 1
            if known.insert(update.status.uuid).inserted { acknowledge(update) }
        }
    }

    // MARK: The containers

    var launches: [ContainerLaunch] {
        effects.compactMap { if case .launch(let launch) = $0 { launch } else { nil } }
    }

    var destroyed: [ContainerID] {
        effects.compactMap { if case .destroy(let id) = $0 { id } else { nil } }
    }

    var signals: [ContainerID] {
        effects.compactMap { if case .signal(let id, 15) = $0 { id } else { nil } }
    }

    func container(_ task: String) -> ContainerID {
        core.tasks[TaskKey(framework: Self.framework, task: TaskID(task))]?.stored.container ?? ContainerID("none")
    }

    mutating func launched(_ id: ContainerID, pid: Int32 = 100) {
        handle(.containerLaunched(id, pid: pid))
    }

    mutating func ended(_ id: ContainerID, _ waitStatus: Int32, _ limitation: ContainerExit.Limitation? = nil) {
        handle(.containerEnded(id, ContainerExit(waitStatus: waitStatus, limitation: limitation)))
    }

    /// Launches a group and lets all its containers run.
    mutating func runGroup(_ tasks: [Mesos_V1_TaskInfo], by framework: Mesos_V1_FrameworkInfo = .sample()) {
        launchGroup(tasks, by: framework)
        if let root = launches.first(where: { $0.id.depth == 1 }) { launched(root.id) }
        for launch in launches where launch.id.depth == 2 { launched(launch.id) }
        acknowledgeAll()
        effects = []
    }

    // MARK: What the framework sees

    /// The states that were sent for a task, repeats left out.
    func states(_ task: String) -> [Mesos_V1_TaskState] {
        var known: Set<Data> = []
        return sent.filter { $0.status.taskID.value == task && known.insert($0.status.uuid).inserted }.map(\.status.state)
    }

    func last(_ task: String) -> Mesos_V1_TaskStatus? {
        sent.last { $0.status.taskID.value == task }?.status
    }
}

extension StoredAgent {
    /// Does what a shell's tables do.
    mutating func apply(_ change: StorageChange) {
        switch change {
        case .putAgentID(let id): self.id = id
        case .putLife(let number): life = number
        case .putDescription(let description): self.description = description
        case .putFramework(let id, let info): frameworks[id] = info
        case .deleteFramework(let id): frameworks[id] = nil
        case .putExecutor(let executor):
            executors.removeAll { $0.key == executor.key }
            executors.append(executor)
        case .deleteExecutor(let key): executors.removeAll { $0.key == key }
        case .putTask(var task):
            let old = tasks.firstIndex { $0.key == task.key }
            task.updates = old.map { tasks[$0].updates } ?? []
            task.acknowledged = old.map { tasks[$0].acknowledged } ?? 0
            task.dropped = old.map { tasks[$0].dropped } ?? 0
            if let old { tasks[old] = task } else { tasks.append(task) }
        case .deleteTask(let key): tasks.removeAll { $0.key == key }
        case .putUpdate(let key, _, let update):
            if let index = tasks.firstIndex(where: { $0.key == key }) { tasks[index].updates.append(update) }
        case .dropUpdates(let key, let number):
            guard let index = tasks.firstIndex(where: { $0.key == key }) else { return }
            tasks[index].updates.removeFirst(number - tasks[index].dropped)
            tasks[index].acknowledged -= number - tasks[index].dropped
            tasks[index].dropped = number
        case .acknowledge(let key, let number):
            guard let index = tasks.firstIndex(where: { $0.key == key }) else { return }
            tasks[index].acknowledged = number + 1 - tasks[index].dropped
        // For people who ask; nothing depends on it.
        case .putEndedTask, .trimEndedTasks: break
        }
    }
}

extension Mesos_V1_FrameworkInfo {
    static func sample(_ capabilities: [Mesos_V1_FrameworkInfo.Capability.TypeEnum] = [.partitionAware]) -> Self {
        var info = Mesos_V1_FrameworkInfo()
        info.id.value = CoreHarness.framework.value
        info.user = "root"
        info.name = "test"
        info.capabilities = capabilities.map { type in
            var capability = Mesos_V1_FrameworkInfo.Capability()
            capability.type = type
            return capability
        }
        return info
    }
}

extension Mesos_V1_TaskInfo {
    static func sample(_ id: String, _ change: (inout Mesos_V1_TaskInfo) -> Void = { _ in }) -> Self {
        var task = Mesos_V1_TaskInfo()
        task.name = id
        task.taskID.value = id
        task.agentID.value = "S1"
        task.command.value = "sleep 1000"
        task.resources = [.scalar("cpus", 0.5), .scalar("mem", 32)]
        change(&task)
        return task
    }
}

extension Mesos_V1_ExecutorInfo {
    static func sample(_ id: String = "pod") -> Self {
        var info = Mesos_V1_ExecutorInfo()
        info.executorID.value = id
        info.type = .default
        info.resources = [.scalar("cpus", 0.1), .scalar("mem", 64)]
        return info
    }
}

extension Mesos_V1_Resource {
    static func scalar(_ name: String, _ value: Double, role: String = "eng") -> Self {
        var resource = Mesos_V1_Resource()
        resource.name = name
        resource.type = .scalar
        resource.scalar.value = value
        resource.allocationInfo.role = role
        return resource
    }
}
