import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct AgentTests {
    @Test func agentsGetIdsInOrder() throws {
        var master = TestMaster()
        #expect(try master.agent().id == AgentID("M-S0"))
        #expect(try master.agent().id == AgentID("M-S1"))
    }

    @Test func heartbeatsGoBothWaysAndSilenceEndsIt() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        for _ in 0..<20 {
            master.advance(by: .seconds(15))
            #expect(master.send(agent, .heartbeat)?.status == 202)
        }
        let beats = (master.agentEvents[agent.stream.id] ?? []).count { if case .heartbeat = $0 { true } else { false } }
        #expect(beats == 20)
        #expect(master.core.state.agents[agent.id] != nil)
        _ = master.events(of: scheduler.stream)
        master.advance(by: .seconds(91))
        #expect(master.core.state.agents[agent.id] == nil)
        #expect(master.closed.contains(agent.stream.id))
        let events = master.events(of: scheduler.stream)
        guard case .update(let status)? = events.first, case .agentLost(agent.id)? = events.last else {
            return #expect(Bool(false), "\(events)")
        }
        #expect(status.state == .taskUnreachable)
        #expect(status.reason == .agentRemoved)
        #expect(status.hasUnreachableTime)
        #expect(master.send(agent, .heartbeat)?.status == 400)
    }

    @Test func aReturningAgentsTasksRunAgain() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let task = try #require(master.core.state.taskMessages.first)
        master.handle(.agentStreamClosed(agent.stream.id))
        #expect(master.send(agent, .heartbeat)?.status == 403)
        master.advance(by: .seconds(76))
        #expect(master.core.state.unreachableTaskMessages.map(\.state) == [.taskUnreachable])
        _ = master.events(of: scheduler.stream)
        master.send(scheduler, .reconcile) { $0.reconcile = .init() }
        #expect(master.updates(to: scheduler).map(\.state) == [.taskUnreachable])
        let again = try master.agent(id: agent.id) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler)]
            report.tasks = [task]
        }
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.state == .taskRunning)
        #expect(status.reason == .agentReregistered)
        #expect(master.core.state.unreachableTaskMessages.isEmpty)
        #expect(master.core.state.taskMessages.map(\.state) == [.taskRunning])
        // What runs there is not offered.
        #expect(master.offers(to: scheduler).map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 3000)])
        master.report("t", .taskFinished, uuid: uuid(5), by: again, of: scheduler.id)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskFinished])
    }

    @Test func forOldFrameworksUnreachableMeansLost() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(isPartitionAware: false))
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(76))
        #expect(master.updates(to: scheduler).map(\.state) == [.taskLost])
    }

    @Test func aShortBreakChangesNothing() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let task = try #require(master.core.state.taskMessages.first)
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(10))
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler)]
            report.tasks = [task]
        }
        master.advance(by: .seconds(60))
        #expect(master.updates(to: scheduler).isEmpty)
        #expect(master.core.state.taskMessages.count == 1)
    }

    @Test func whatTheSchedulerHasNotHeardIsNotItsLatestState() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: agent.id)])])
        var task = try #require(master.core.state.taskMessages.first)
        // It ran and ended while its agent was away; the first update of that is still to be delivered.
        task.state = .taskFinished
        task.statusUpdateState = .taskStarting
        task.statusUpdateUuid = uuid(1)
        master.handle(.agentStreamClosed(agent.stream.id))
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler)]
            report.tasks = [task]
        }
        _ = master.events(of: scheduler.stream)
        master.send(scheduler, .reconcile) { $0.reconcile = .init() }
        #expect(master.updates(to: scheduler).map(\.state) == [.taskStarting])
    }

    @Test(arguments: [(Mesos_V1_TaskState.taskStaging, Mesos_V1_TaskState.taskDropped), (.taskRunning, .taskGone)])
    func whatTheAgentDoesNotReportIsOver(_ before: Mesos_V1_TaskState, _ after: Mesos_V1_TaskState) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: agent.id)])])
        if before == .taskRunning { master.report("t", .taskRunning, uuid: uuid(1), by: agent, of: scheduler.id) }
        _ = master.events(of: scheduler.stream)
        _ = try master.agent(id: agent.id)
        #expect(master.closed.contains(agent.stream.id))
        #expect(master.updates(to: scheduler).map(\.state) == [after])
        #expect(master.core.state.taskMessages.isEmpty)
        #expect(master.offers(to: scheduler).map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 4000)])
    }

    @Test func aNewMasterLearnsFromItsAgents() throws {
        var (former, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 600))
        let task = try #require(former.core.state.taskMessages.first)
        former.handle(.agentStreamClosed(agent.stream.id))
        var master = TestMaster()
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler, timeout: 600)]
            report.tasks = [task]
        }
        #expect(master.core.state.frameworks[scheduler.id]?.isRecovered == true)
        #expect(master.send(scheduler, .revive)?.status == 403)
        let again = try master.scheduler(TaskLifeTests.info(of: scheduler, timeout: 600))
        #expect(again.id == scheduler.id)
        #expect(master.offers(to: again).map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 3000)])
        master.send(again, .reconcile) { $0.reconcile = .init() }
        #expect(master.updates(to: again).map(\.state) == [.taskRunning])
    }

    @Test func whatBelongsToATornDownFrameworkIsShutDown() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let task = try #require(master.core.state.taskMessages.first)
        master.handle(.agentStreamClosed(agent.stream.id))
        master.send(scheduler, .teardown)
        let again = try master.agent(id: agent.id) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler)]
            report.tasks = [task]
        }
        guard case .shutdownFramework(scheduler.id)? = master.events(of: again).first else { return #expect(Bool(false), "not told") }
        #expect(master.core.state.frameworks.isEmpty)
    }

    @Test func aTaskIdThatIsInUseElsewhereIsKilledWhenItComesBack() throws {
        // A master that was restarted has not heard of the older task when the newer one is launched.
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let other = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: other.id)])])
        var task = try #require(master.core.state.taskMessages.first)
        task.state = .taskRunning
        let again = try master.agent(id: AgentID("M-S9")) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler)]
            report.tasks = [task]
        }
        guard case .kill(scheduler.id, TaskID("t"), nil)? = master.events(of: again).first else {
            return #expect(Bool(false), "not killed")
        }
        _ = master.events(of: scheduler.stream)
        // Its end is nobody's news.
        master.report("t", .taskKilled, uuid: uuid(8), by: again, of: scheduler.id)
        #expect(master.updates(to: scheduler).isEmpty)
        #expect(master.core.state.taskMessages.map(\.agentID) == [other.id.message])
    }

    @Test func anAgentThatLeavesTakesItsTasksAlong() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        #expect(master.send(agent, .unsubscribe)?.status == 202)
        let events = master.events(of: scheduler.stream)
        guard case .update(let status)? = events.first, case .agentLost(agent.id)? = events.last else {
            return #expect(Bool(false), "\(events)")
        }
        #expect(status.state == .taskGone)
        #expect(master.core.state.agents.isEmpty)
        #expect(master.closed.contains(agent.stream.id))
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Agora_V1_AgentCall.Subscribe) throws -> Void

        var testDescription: String { words }
    }

    @Test(arguments: [
        Bad(words: "agent.resources: none") { $0.agent.resources = [] },
        Bad(words: "must not be negative") { $0.agent.resources[0].scalar.value = -1 },
        Bad(words: "agent.id") { $0.agent.id.value = "../x" },
        Bad(words: "has no id") { $0.frameworks = [TestMaster.frameworkInfo()] },
        Bad(words: "tasks: 't'") {
            $0.tasks = [.init()]
            $0.tasks[0].taskID.value = "t"
            $0.tasks[0].resources = $0.agent.resources
            $0.tasks[0].resources[0].scalar.value = .nan
        },
    ])
    func aBrokenReportIsRefused(_ bad: Bad) throws {
        var master = TestMaster()
        var call = try TestMaster.agentCall("cpus:1;mem:1")
        try bad.change(&call.subscribe)
        let stream = master.newStream()
        master.handle(.agentSubscribe(stream, call))
        guard case .error(let text)? = master.agentEvents[stream.id]?.first else { return #expect(Bool(false), "no ERROR") }
        #expect(text.contains(bad.words), "\(text)")
        #expect(master.closed.contains(stream.id))
        #expect(master.core.state.agents.isEmpty)
    }

    @Test func agentCallsNeedTheirStream() throws {
        var master = TestMaster()
        let agent = try master.agent()
        var call = Agora_V1_AgentCall()
        call.type = .heartbeat
        call.agentID = agent.id.message
        #expect(master.handle(.agentCall(call, token: nil, reply: TestReply()))?.status == 400)
        #expect(master.handle(.agentCall(call, token: "x", reply: TestReply()))?.status == 400)
        #expect(master.handle(.agentCall(call, token: agent.stream.token, reply: TestReply()))?.status == 202)
        call.clearAgentID()
        #expect(throws: Refusal.self) { try AgentCallValidation.check(call) }
    }
}
