import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Tasks and groups that an executor of the framework's own runs.
@Suite struct CustomExecutorTests {
    private static func executor(_ id: String = "e", _ resources: String = "cpus:0.5;mem:64") throws -> Mesos_V1_ExecutorInfo {
        var executor = Mesos_V1_ExecutorInfo()
        executor.executorID.value = id
        executor.command.value = "run"
        executor.resources = try Resources.parse(resources).messages
        return executor
    }

    private static func task(_ id: String, on agent: AgentID, by executor: Mesos_V1_ExecutorInfo) throws -> Mesos_V1_TaskInfo {
        var task = try taskInfo(id, on: agent)
        task.clearCommand()
        task.executor = executor
        return task
    }

    private static func start() throws -> (master: TestMaster, scheduler: TestScheduler, agent: TestAgent, offer: OfferEntry) {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent("cpus:4;mem:4096;disk:1000;ports:[1-10]")
        let offer = try #require(master.offers(to: scheduler).first)
        return (master, scheduler, agent, offer)
    }

    @Test func aTaskGoesToItsExecutor() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        let task = try Self.task("t", on: agent.id, by: try Self.executor())
        master.accept(scheduler, [offer.id], [launch([task])], refuse: 0)
        #expect(master.updates(to: scheduler).isEmpty)
        let event = try #require(master.events(of: agent).first?.message)
        #expect(event.type == .launch)
        #expect(event.launch.hasIsGroup && !event.launch.isGroup)
        #expect(event.launch.executor.executorID.value == "e")
        #expect(event.launch.executor.frameworkID == scheduler.id.message, "the master fills it in")
        #expect(event.launch.executor.resources.allSatisfy { $0.allocationInfo.role == "eng" })
        #expect(event.launch.tasks.map(\.taskID.value) == ["t"])
        let rest = try #require(master.offers(to: scheduler).first)
        #expect(rest.resources.unallocated() == (try Resources.parse("cpus:2.5;mem:3968;disk:1000;ports:[1-10]")))
        #expect(rest.message.executorIds.map(\.value) == ["e"])
        #expect(master.core.state.executorMessages.map(\.executorInfo.executorID.value) == ["e"])
        #expect(master.core.state.taskMessages.map(\.executorID.value) == ["e"])
    }

    @Test func aSecondTaskUsesTheRunningExecutor() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        let tasks = try ["a", "b"].map { try Self.task($0, on: agent.id, by: try Self.executor()) }
        master.accept(scheduler, [offer.id], [launch(tasks)], refuse: 0)
        let rest = try #require(master.offers(to: scheduler).first)
        #expect(rest.resources.scalar("cpus") == Scalar(thousandths: 1500), "the executor's own resources are counted once")
        var changed = try Self.executor()
        changed.command.value = "other"
        master.accept(scheduler, [rest.id], [launch([try Self.task("c", on: agent.id, by: changed)])])
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.state == .taskError)
        #expect(status.message.contains("another description"))
    }

    @Test func itsEndIsToldAndFreesItsResources() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        master.accept(scheduler, [offer.id], [launch([try Self.task("t", on: agent.id, by: try Self.executor())])])
        master.report("t", .taskFailed, uuid: uuid(1), by: agent, of: scheduler.id)
        _ = master.events(of: scheduler.stream)
        master.send(agent, .executorExited) { call in
            call.executorExited.frameworkID = scheduler.id.message
            call.executorExited.executorID.value = "e"
            call.executorExited.status = 9
        }
        let event = try #require(master.events(of: scheduler.stream).first?.message)
        #expect(event.type == .failure)
        #expect(event.failure.agentID == agent.id.message)
        #expect(event.failure.executorID.value == "e")
        #expect(event.failure.status == 9)
        #expect(ClusterUsage(master.core.state).allocatedByAgent[agent.id] == nil)
        #expect(master.core.state.counters.exitedExecutors == 1)
    }

    @Test func anExecutorWithLittleRunsAndTheOperatorIsTold() throws {
        for resources in ["cpus:0.001;mem:64", "cpus:1;mem:31"] {
            var (master, scheduler, agent, offer) = try Self.start()
            let tasks = try ["a", "b"].map { try Self.task($0, on: agent.id, by: try Self.executor("e", resources)) }
            master.accept(scheduler, [offer.id], [launch(tasks)])
            #expect(master.events(of: agent).count == 2)
            #expect(master.notices.count { $0 == "executor has little" } == 1)
        }
    }

    @Test func anExecutorWithoutResourcesRuns() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        var executor = try Self.executor()
        executor.resources = []
        master.accept(scheduler, [offer.id], [launch([try Self.task("t", on: agent.id, by: executor)])])
        #expect(master.events(of: agent).count == 1)
    }

    @Test(arguments: [(Mesos_V1_TaskStatus.Source.agent, 0), (.executor, 1)])
    func anExecutorWhoseLaunchTheAgentRefusesIsForgotten(_ source: Mesos_V1_TaskStatus.Source, _ left: Int) throws {
        var (master, scheduler, agent, offer) = try Self.start()
        let group = launchGroup(try executorInfo("pod"), try ["g1", "g2"].map { try taskInfo($0, on: agent.id) })
        master.accept(scheduler, [offer.id], [group])
        master.report("g1", .taskError, uuid: uuid(1), by: agent, of: scheduler.id, source: source)
        #expect(master.core.state.executorMessages.count == 1, "the other task still needs it")
        master.report("g2", .taskError, uuid: uuid(2), by: agent, of: scheduler.id, source: source)
        #expect(master.core.state.executorMessages.count == left)
        #expect((ClusterUsage(master.core.state).allocatedByAgent[agent.id] == nil) == (left == 0))
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Mesos_V1_TaskInfo) throws -> Void

        var testDescription: String { words }
    }

    @Test(arguments: [
        Bad(words: "executor.executor_id") { $0.executor.executorID.value = "a/b" },
        Bad(words: "executor.executor_id") { $0.executor.executorID.value = "" },
        Bad(words: "executor.command: missing") { $0.executor.clearCommand() },
        Bad(words: "executor.command: missing") {
            $0.executor.type = .custom
            $0.executor.clearCommand()
        },
        Bad(words: "executor.type: the DEFAULT") { $0.executor.type = .default },
        Bad(words: "executor.type: unknown") { $0.executor.type = .unknown },
        Bad(words: "executor.framework_id") { $0.executor.frameworkID.value = "other" },
        Bad(words: "executor.shutdown_grace_period") { $0.executor.shutdownGracePeriod.nanoseconds = -1 },
        Bad(words: "executor.command.environment") { $0.executor.command.environment.variables = [.with(name: "A", value: nil)] },
        Bad(words: "executor.container.docker: missing") { $0.executor.container.type = .docker },
        Bad(words: "executor.container.linux_info.share_cgroups") {
            $0.executor.container.type = .mesos
            $0.executor.container.linuxInfo.shareCgroups = true
        },
        Bad(words: "executor.resources") { $0.executor.resources[0].scalar.value = -1 },
        Bad(words: "executor.resources: allocated to role 'ops'") { $0.executor.resources[0].allocationInfo.role = "ops" },
        Bad(words: "the executor needs") { $0.executor.resources = try Resources.parse("cpus:99;mem:64").messages },
        Bad(words: "the task needs") { $0.executor.resources = try Resources.parse("cpus:3.5;mem:64").messages },
        Bad(words: "the task needs") {
            $0.resources += try Resources.parse("ports:[4-5]").messages
            $0.executor.resources += try Resources.parse("ports:[5-6]").messages
        },
        Bad(words: "revocable and non-revocable cpus") { task in
            task.executor.resources[0].revocable = .init()
        },
        Bad(words: "is used twice") { task in
            var volume = try disk { disk in
                disk.persistence.id = "v"
                disk.volume = .with { ($0.containerPath, $0.mode) = ("x", .rw) }
            }
            volume.reservations = [.with { ($0.type, $0.role) = (.dynamic, "eng") }]
            task.resources.append(volume)
            task.executor.resources.append(volume)
        },
        Bad(words: "a shared volume cannot belong to an executor") { task in
            var volume = try disk { disk in
                disk.persistence.id = "v"
                disk.volume = .with { ($0.containerPath, $0.mode) = ("x", .rw) }
            }
            volume.reservations = [.with { ($0.type, $0.role) = (.dynamic, "eng") }]
            volume.shared = .init()
            task.executor.resources.append(volume)
        },
        Bad(words: "command: set together with executor") { $0.command.value = "true" },
        Bad(words: "command: missing") { $0.clearExecutor() },
    ])
    func aBadExecutorIsAnErrorAndCostsNothing(_ bad: Bad) throws {
        var (master, scheduler, agent, offer) = try Self.start()
        var task = try Self.task("t", on: agent.id, by: try Self.executor())
        try bad.change(&task)
        master.accept(scheduler, [offer.id], [launch([task])], refuse: 0)
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.state == .taskError)
        #expect(status.reason == .taskInvalid)
        #expect(status.message.contains(bad.words), "\(status.message)")
        #expect(master.events(of: agent).isEmpty)
        #expect(master.core.state.executorMessages.isEmpty)
        #expect(master.offers(to: scheduler).map(\.resources) == [offer.resources])
    }

    @Test func aGroupMayHaveACustomExecutor() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        var executor = try Self.executor("pod", "cpus:0.1;mem:64;disk:16")
        executor.type = .custom
        master.accept(scheduler, [offer.id], [launchGroup(executor, [try taskInfo("g", on: agent.id)])])
        let event = try #require(master.events(of: agent).first?.message)
        #expect(event.launch.isGroup)
        #expect(event.launch.executor.command.value == "run")
    }
}
