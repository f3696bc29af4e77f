import Cluster
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct GroupTests {
    private static func start() throws -> (master: TestMaster, scheduler: TestScheduler, agent: TestAgent, offer: OfferEntry) {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent("cpus:4;mem:4096;disk:1000;ports:[1-10]")
        let offer = try #require(master.offers(to: scheduler).first)
        return (master, scheduler, agent, offer)
    }

    @Test func aGroupIsDeliveredWhole() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        let tasks = [try taskInfo("g1", on: agent.id), try taskInfo("g2", on: agent.id)]
        master.accept(scheduler, [offer.id], [launchGroup(try executorInfo("pod"), tasks)], refuse: 0)
        let events = master.events(of: agent)
        guard case .launch(_, let executor?, let sent)? = events.first, events.count == 1 else { return #expect(Bool(false), "\(events)") }
        #expect(executor.frameworkID == scheduler.id.message)
        #expect(executor.resources.allSatisfy { $0.allocationInfo.role == "eng" })
        #expect(sent.map(\.taskID.value) == ["g1", "g2"])
        let rest = try #require(master.offers(to: scheduler).first)
        #expect(rest.resources.unallocated() == (try Resources.parse("cpus:1.9;mem:3904;disk:984;ports:[1-10]")))
        #expect(rest.message.executorIds.map(\.value) == ["pod"])
        #expect(master.core.state.executorMessages.count == 1)
    }

    @Test func aSecondGroupUsesTheRunningExecutor() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        master.accept(scheduler, [offer.id], [launchGroup(try executorInfo("pod"), [try taskInfo("g1", on: agent.id)])], refuse: 0)
        let next = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [next.id], [launchGroup(try executorInfo("pod"), [try taskInfo("g2", on: agent.id)])], refuse: 0)
        #expect(master.updates(to: scheduler).isEmpty)
        let rest = try #require(master.offers(to: scheduler).first)
        // The executor's own resources are counted once.
        #expect(rest.resources.scalar("cpus") == Scalar(thousandths: 1900))
        let launches = master.events(of: agent).map(\.message.launch)
        #expect(launches.map(\.executorRuns) == [false, true])
        #expect(launches.map(\.isGroup) == [true, true])
    }

    @Test func anExecutorsEndIsTold() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        master.accept(scheduler, [offer.id], [launchGroup(try executorInfo("pod"), [try taskInfo("g1", on: agent.id)])])
        master.report("g1", .taskFinished, uuid: uuid(1), by: agent, of: scheduler.id)
        _ = master.events(of: scheduler.stream)
        for _ in 0..<2 {
            master.send(agent, .executorExited) { call in
                call.executorExited.frameworkID = scheduler.id.message
                call.executorExited.executorID.value = "pod"
                call.executorExited.status = 256
            }
        }
        let events = master.events(of: scheduler.stream)
        guard case .executorLost(agent.id, ExecutorID("pod"), status: 256)? = events.first, events.count == 1 else {
            return #expect(Bool(false), "\(events)")
        }
        #expect(ClusterUsage(master.core.state).allocatedByAgent[agent.id] == nil)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Mesos_V1_Offer.Operation.LaunchGroup) throws -> Void

        var testDescription: String { words }
    }

    @Test(arguments: [
        Bad(words: "task_id 'g1' is there twice") { $0.taskGroup.tasks[1].taskID.value = "g1" },
        Bad(words: "the group with task 'g2' needs") {
            $0.taskGroup.tasks[1].resources = try Resources.parse("cpus:100000;mem:32").messages
        },
        Bad(words: "the group with task 'g2' needs") {
            for index in 0..<2 { $0.taskGroup.tasks[index].resources = try Resources.parse("cpus:1;mem:32;ports:[5-6]").messages }
        },
        Bad(words: "task_id") { $0.taskGroup.tasks[0].taskID.value = "." },
        Bad(words: "command: missing") { $0.taskGroup.tasks[0].clearCommand() },
        Bad(words: "whose resources are offered") { $0.taskGroup.tasks[1].agentID.value = "M-S9" },
        Bad(words: "executor.type: missing") { $0.executor.clearType() },
        Bad(words: "executor.type: missing") { $0.executor.type = .unknown },
        Bad(words: "executor.command: missing") { $0.executor.type = .custom },
        Bad(words: "executor.shutdown_grace_period") { $0.executor.shutdownGracePeriod.nanoseconds = -1 },
        Bad(words: "executor.container.type: an executor of groups") {
            $0.executor.type = .custom
            $0.executor.command.value = "run"
            $0.executor.container.type = .docker
            $0.executor.container.docker.image = "x"
        },
        Bad(words: "executor.container.type: the DEFAULT executor") {
            $0.executor.container.type = .docker
            $0.executor.container.docker.image = "x"
        },
        Bad(words: "executor.container.volumes[0].container_path") {
            $0.executor.container.type = .mesos
            $0.executor.container.volumes = [.init()]
        },
        Bad(words: "executor.executor_id") { $0.executor.executorID.value = "a/b" },
        Bad(words: "is not this framework") { $0.executor.frameworkID.value = "other" },
        Bad(words: "executor.command") { $0.executor.command.value = "x" },
        Bad(words: "at least 0.01 cpus") { $0.executor.resources = try Resources.parse("cpus:0.009;mem:32;disk:1").messages },
        Bad(words: "at least 32 MB") { $0.executor.resources = try Resources.parse("cpus:0.1;mem:31;disk:1").messages },
        Bad(words: "some disk") { $0.executor.resources = try Resources.parse("cpus:0.1;mem:32").messages },
        Bad(words: "the executor needs") { $0.executor.resources = try Resources.parse("cpus:0.1;mem:32;disk:9999").messages },
        Bad(words: "has no image") {
            $0.executor.container.type = .mesos
            $0.executor.container.mesos.image.type = .docker
        },
        Bad(words: "no parent to share with") {
            $0.executor.container.type = .mesos
            $0.executor.container.linuxInfo.shareCgroups = true
        },
        Bad(words: "cannot be in a group") { $0.taskGroup.tasks[0].container.type = .docker },
        Bad(words: "differs from the group's") { $0.taskGroup.tasks[0].executor = try executorInfo("other") },
        Bad(words: "network_infos of its own") {
            $0.taskGroup.tasks[0].container.type = .mesos
            $0.taskGroup.tasks[0].container.networkInfos = [.init()]
            $0.taskGroup.tasks[0].healthCheck.type = .tcp
            $0.taskGroup.tasks[0].healthCheck.tcp.port = 80
        },
        Bad(words: "limits: need") { $0.taskGroup.tasks[0].limits["cpus"] = .with(2) },
        Bad(words: "must be the same for all tasks") {
            $0.taskGroup.tasks[0].container.type = .mesos
            $0.taskGroup.tasks[0].container.linuxInfo.shareCgroups = false
        },
    ])
    func aBadGroupIsAnErrorForEachTask(_ bad: Bad) throws {
        var (master, scheduler, agent, offer) = try Self.start()
        var operation = launchGroup(try executorInfo("pod"), [try taskInfo("g1", on: agent.id), try taskInfo("g2", on: agent.id)])
        try bad.change(&operation.launchGroup)
        #expect(master.accept(scheduler, [offer.id], [operation], refuse: 0)?.status == 202)
        let statuses = master.updates(to: scheduler)
        #expect(statuses.map(\.taskID) == operation.launchGroup.taskGroup.tasks.map(\.taskID))
        #expect(
            statuses.allSatisfy { $0.state == .taskError && $0.reason == .taskGroupInvalid && $0.message.contains(bad.words) },
            "\(statuses.map(\.message))"
        )
        #expect(master.events(of: agent).isEmpty)
        #expect(master.core.state.executorMessages.isEmpty)
        #expect(master.offers(to: scheduler).map(\.resources) == [offer.resources])
    }

    @Test func anEmptyGroupDoesNothing() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        master.accept(scheduler, [offer.id], [launchGroup(try executorInfo("pod"), [])], refuse: 0)
        #expect(master.events(of: agent).isEmpty)
        #expect(master.core.state.executorMessages.isEmpty)
    }

    @Test func aRunningExecutorKeepsItsDescription() throws {
        var (master, scheduler, agent, offer) = try Self.start()
        master.accept(scheduler, [offer.id], [launchGroup(try executorInfo("pod"), [try taskInfo("g1", on: agent.id)])], refuse: 0)
        let next = try #require(master.offers(to: scheduler).first)
        master.accept(
            scheduler,
            [next.id],
            [launchGroup(try executorInfo("pod", "cpus:0.2;mem:64;disk:16"), [try taskInfo("g2", on: agent.id)])]
        )
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.message.contains("another description"))
    }
}
