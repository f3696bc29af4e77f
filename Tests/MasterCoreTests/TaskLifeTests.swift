import Cluster
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct TaskLifeTests {
    @Test func updatesReachTheSchedulerAndAcknowledgementsTheAgent() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: agent.id)])])
        _ = master.events(of: agent)
        #expect(master.report("t", .taskRunning, uuid: uuid(1), by: agent, of: scheduler.id)?.status == 202)
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.uuid == uuid(1))
        #expect(master.acknowledge("t", status.uuid, on: agent, by: scheduler)?.status == 202)
        guard case .acknowledge(scheduler.id, TaskID("t"), uuid(1))? = master.events(of: agent).first else {
            return #expect(Bool(false), "no ACKNOWLEDGE")
        }
        #expect(master.core.state.taskMessages.map(\.state) == [.taskRunning])
        #expect(master.core.state.taskMessages.first?.statuses.count == 1)
    }

    @Test func resourcesAreFreeBeforeTheEndIsAcknowledged() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.send(scheduler, .revive)
        _ = master.offers(to: scheduler)
        // An older state is delivered, the newest is ahead.
        master.report("t", .taskKilling, uuid: uuid(2), by: agent, of: scheduler.id, latest: .taskKilled)
        #expect(ClusterUsage(master.core.state).allocatedByAgent[agent.id] == nil)
        let offers = master.offers(to: scheduler)
        #expect(offers.map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 1000)])
        // Twice is as once.
        master.report("t", .taskKilled, uuid: uuid(3), by: agent, of: scheduler.id)
        master.report("t", .taskKilled, uuid: uuid(3), by: agent, of: scheduler.id)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskKilling, .taskKilled, .taskKilled])
        #expect(master.offers(to: scheduler).isEmpty)
        #expect(master.core.state.taskMessages.count == 1)
        master.acknowledge("t", uuid(3), on: agent, by: scheduler)
        #expect(master.core.state.taskMessages.isEmpty)
        #expect(master.core.state.completedTaskMessages.map(\.state) == [.taskKilled])
        #expect(master.core.state.counters.endedTasks == [.taskKilled: 1])
    }

    @Test func updatesWaitForASchedulerThatIsAway() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 60))
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        master.report("t", .taskFinished, uuid: uuid(2), by: agent, of: scheduler.id)
        #expect(master.events(of: agent).isEmpty)
        var info = TestMaster.frameworkInfo(timeout: 60)
        info.id = scheduler.id.message
        let again = try master.scheduler(info)
        master.report("t", .taskFinished, uuid: uuid(2), by: agent, of: scheduler.id)
        #expect(master.updates(to: again).map(\.uuid) == [uuid(2)])
    }

    @Test func updatesOfAFrameworkThatIsGoneAreAcknowledgedByTheMaster() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.send(scheduler, .teardown)
        guard case .shutdownFramework(scheduler.id)? = master.events(of: agent).first else { return #expect(Bool(false), "not told") }
        master.report("t", .taskKilled, uuid: uuid(2), by: agent, of: scheduler.id)
        guard case .acknowledge(scheduler.id, TaskID("t"), uuid(2))? = master.events(of: agent).first else {
            return #expect(Bool(false), "not acknowledged")
        }
    }

    @Test func teardownFreesEverything() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.send(scheduler, .teardown)
        let other = try master.scheduler()
        #expect(master.offers(to: other).map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 4000)])
        #expect(ClusterUsage(master.core.state).allocatedByAgent[agent.id] == nil)
    }

    @Test func aKillIsPassedOnWithItsPolicy() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.send(scheduler, .kill) { call in
            call.kill.taskID.value = "t"
            call.kill.killPolicy.gracePeriod.nanoseconds = 7
        }
        guard case .kill(scheduler.id, TaskID("t"), let policy)? = master.events(of: agent).first else {
            return #expect(Bool(false), "no KILL")
        }
        #expect(policy?.gracePeriod.nanoseconds == 7)
    }

    /// When a KILL is sent: over a stream that loses it, while the agent is away, or when it is unreachable.
    enum Moment: CaseIterable { case connected, away, unreachable }

    @Test(arguments: Moment.allCases) func aKillThatTheAgentDoesNotGetIsSentWhenItIsBack(_ moment: Moment) throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let task = try #require(master.core.state.taskMessages.first)
        let kill = { (master: inout TestMaster) in
            master.send(scheduler, .kill) { call in
                call.kill.taskID.value = "t"
                call.kill.killPolicy.gracePeriod.nanoseconds = 7
            }
        }
        if moment == .connected { _ = kill(&master) }
        master.handle(.agentStreamClosed(agent.stream.id))
        if moment == .unreachable { master.advance(by: .seconds(76)) }
        if moment != .connected { _ = kill(&master) }
        var back = agent
        for _ in 1...2 {  // A second break may lose it again.
            back = try master.agent(id: agent.id) { report in
                report.frameworks = [Self.info(of: scheduler)]
                report.tasks = [task]
            }
            guard case .kill(scheduler.id, TaskID("t"), let policy)? = master.events(of: back).first else {
                return #expect(Bool(false), "no KILL")
            }
            #expect(policy?.gracePeriod.nanoseconds == 7)
            master.handle(.agentStreamClosed(back.stream.id))
        }
    }

    @Test func aKillIsNotSentAgainForATaskThatHasEnded() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        var task = try #require(master.core.state.taskMessages.first)
        master.send(scheduler, .kill) { $0.kill.taskID.value = "t" }
        master.handle(.agentStreamClosed(agent.stream.id))
        task.state = .taskKilled
        let back = try master.agent(id: agent.id) { report in
            report.frameworks = [Self.info(of: scheduler)]
            report.tasks = [task]
        }
        #expect(master.events(of: back).isEmpty)
    }

    @Test(arguments: [(true, Mesos_V1_TaskState.taskUnknown), (false, .taskLost)])
    func aKillOfAnUnknownTaskIsAnsweredByItsState(_ isPartitionAware: Bool, _ state: Mesos_V1_TaskState) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(isPartitionAware: isPartitionAware))
        #expect(master.send(scheduler, .kill) { $0.kill.taskID.value = "never-was" }?.status == 202)
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.state == state)
        #expect(status.reason == .reconciliation)
        #expect(!status.hasAgentID)
    }

    @Test func reconciliationTellsWhatIsKnown() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.send(scheduler, .reconcile) { $0.reconcile = .init() }
        let all = master.updates(to: scheduler)
        #expect(all.map(\.state) == [.taskRunning])
        #expect(all.first?.reason == .reconciliation)
        #expect(all.first?.hasUuid == false)
        master.send(scheduler, .reconcile) { call in
            call.reconcile.tasks = [.init(), .init(), .init()]
            call.reconcile.tasks[0].taskID.value = "t"
            call.reconcile.tasks[1].taskID.value = "other"
            call.reconcile.tasks[1].agentID = agent.id.message
            call.reconcile.tasks[2].taskID.value = "third"
            call.reconcile.tasks[2].agentID.value = "M-S77"
        }
        #expect(master.updates(to: scheduler).map(\.state) == [.taskRunning, .taskGone, .taskUnknown])
    }

    static func info(of scheduler: TestScheduler, timeout: Double = 0) -> Mesos_V1_FrameworkInfo {
        var info = TestMaster.frameworkInfo(timeout: timeout)
        info.id = scheduler.id.message
        return info
    }
}
