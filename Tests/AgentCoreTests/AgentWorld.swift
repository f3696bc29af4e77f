import AgentCore
import Cluster
import FoundationEssentials
import MesosAPI
import MesosMessages

/// A small world around an agent's core: containers that start, end and hang, a master that forgets to answer, and a
/// process that is killed at any moment. All chance comes from one seed.
struct AgentWorld {
    enum Container {
        case launching
        case running
        case ended(Int32)
    }

    var agent: CoreHarness
    var generator: SeededGenerator
    /// What the containerizer holds, a restart of the agent or not.
    var containers: [ContainerID: Container] = [:]
    /// Containers whose end was reported to the living core.
    var reported: Set<ContainerID> = []
    var launchedTasks: [String] = []
    var delivered: [String: [Agora_V1_StatusUpdate]] = [:]
    var known: Set<Data> = []
    var isHealed = false
    var restarts: UInt64 = 0
    /// What runs in the containers of custom executors.
    var programs: [ContainerID: ExecutorProgram] = [:]
    var nextStream: UInt64 = 0
    var nextUpdate: UInt64 = 0

    init(seed: UInt64) {
        agent = CoreHarness(seed: seed)
        generator = SeededGenerator(seed: (~seed, seed &* 0x2545_f491, seed, 9))
        agent.handle(.start)
        settle()
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    /// One thing happens.
    mutating func step() {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<9: launchTask()
        case 9..<16: launchGroup()
        case 16..<22: launchCustomTasks()
        case 22..<34: killTask()
        case 34..<56: moveContainer()
        case 56..<70: moveProgram()
        case 70..<76: agent.handle(.linkLost(connection: agent.connection, reason: "chance"))
        case 76..<80: restart()
        default: agent.run(for: .milliseconds(Int64.random(in: 1...4000, using: &generator)))
        }
        settle()
    }

    /// No more faults: everything is killed, answered and awaited.
    mutating func heal() {
        isHealed = true
        for _ in 0..<200 {
            for task in launchedTasks { agent.kill(task, grace: .zero) }
            settle()
            for _ in 0..<programs.count { moveProgram() }
            shutDownExecutors()
            settle()
            for _ in 0..<containers.count { moveContainer() }
            agent.run(for: .seconds(30))
            settle()
        }
    }

    // MARK: The master

    private mutating func launchTask() {
        guard agent.core.isSubscribed else { return }
        agent.launch([task()], by: .sample([.partitionAware, .taskKillingState]))
    }

    private mutating func launchGroup() {
        guard agent.core.isSubscribed else { return }
        let executor = "pod\(Int.random(in: 0..<3, using: &generator))"
        let tasks = (0..<Int.random(in: 1...3, using: &generator)).map { _ in task() }
        agent.launchGroup(tasks, executor: .sample(executor), by: .sample([.partitionAware, .taskKillingState]))
    }

    private mutating func task() -> Mesos_V1_TaskInfo {
        let name = "task\(launchedTasks.count)"
        launchedTasks.append(name)
        let isTimed = chance(10)
        return .sample(name) { if isTimed { $0.maxCompletionTime.nanoseconds = 2_000_000_000 } }
    }

    private mutating func killTask() {
        guard agent.core.isSubscribed, let task = launchedTasks.randomElement(using: &generator) else { return }
        agent.kill(task, grace: .milliseconds(Int64.random(in: 0...3000, using: &generator)))
    }

    /// Carries out what the core asked for, until it asks for no more.
    private mutating func settle() {
        while !agent.effects.isEmpty || !agent.sent.isEmpty {
            for effect in agent.take() { perform(effect) }
            let updates = agent.sent
            agent.sent = []
            for update in updates { receive(update) }
        }
    }

    private mutating func receive(_ update: Agora_V1_StatusUpdate) {
        if known.insert(update.status.uuid).inserted {
            delivered[update.status.taskID.value, default: []].append(update)
        }
        if isHealed || chance(70) { agent.acknowledge(update) }
    }

    // MARK: The containers

    private mutating func perform(_ effect: AgentEffect) {
        switch effect {
        case .connect(let connection, _):
            if isHealed || chance(70) {
                agent.subscribe()
            } else {
                agent.handle(.linkLost(connection: connection, reason: "chance"))
            }
        case .launch(let launch):
            containers[launch.id] = .launching
            if let credential = launch.credential { programs[launch.id] = ExecutorProgram(executor: credential.executor.value) }
        case .sendToExecutor(let stream, let event): hear(event, on: stream)
        case .closeStream(let stream):
            for (id, program) in programs where program.stream == stream.number { programs[id]?.stream = nil }
        case .signal(let id, _): if case .running = containers[id], chance(50) { containers[id] = .ended(15) }
        case .destroy(let id):
            guard isHealed || chance(80) else { return }
            for below in containers.keys where below.isDescendant(of: id) || below == id { end(below) }
        case .forget(let id): forget(id)
        default: break
        }
    }

    /// What is below goes too; whoever waits for it learns how it ended.
    private mutating func forget(_ id: ContainerID) {
        for below in containers.keys.sorted() where below.isDescendant(of: id) {
            if case .ended(let status) = containers[below], reported.insert(below).inserted { agent.ended(below, status) }
            containers[below] = nil
        }
        containers[id] = nil
        programs[id] = nil
    }

    private mutating func end(_ id: ContainerID) {
        switch containers[id] {
        case .launching:
            containers[id] = nil
            programs[id] = nil
            agent.handle(.containerLaunchFailed(id, message: "stopped"))
        case .running: containers[id] = .ended(9)
        case .ended, nil: break
        }
    }

    /// A container comes one step further.
    private mutating func moveContainer() {
        guard let id = containers.keys.sorted().randomElement(using: &generator), let container = containers[id] else { return }
        switch container {
        case .launching:
            if chance(85) {
                containers[id] = .running
                agent.handle(.containerLaunched(id, pid: 7))
            } else {
                containers[id] = nil
                programs[id] = nil
                agent.handle(.containerLaunchFailed(id, message: "chance"))
            }
        case .running:
            let isRoot = id.depth == 1 && (programs[id] != nil || containers.keys.contains { $0.isDescendant(of: id) })
            guard !isRoot || chance(10) else { return }
            containers[id] = .ended(chance(50) ? 0 : 1 << 8)
            for below in containers.keys where below.isDescendant(of: id) { end(below) }
        case .ended(let status):
            guard reported.insert(id).inserted else { return }
            agent.ended(id, status)
        }
    }

    // MARK: The process

    /// Killed and started again, with what is on the disk and what runs.
    private mutating func restart() {
        restarts += 1
        let old = agent
        agent = CoreHarness(seed: restarts &* 1000 &+ UInt64(launchedTasks.count))
        agent.now = old.now
        agent.disk = old.disk
        agent.connection = old.connection
        reported = []
        for id in programs.keys { programs[id]?.stream = nil }
        var found: [FoundContainer] = []
        for (id, container) in containers.sorted(by: { $0.key < $1.key }) {
            switch container {
            case .launching: containers[id] = nil
            case .running: found.append(FoundContainer(id: id, state: .running(pid: 7), isStandalone: false))
            case .ended(let status):
                found.append(FoundContainer(id: id, state: .ended(ContainerExit(waitStatus: status)), isStandalone: false))
            }
        }
        agent.recover(old.disk, found)
        agent.handle(.start)
    }
}
