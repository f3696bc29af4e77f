import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// A master that is killed, and the one that goes on in its place.
@Suite struct RestartTests {
    /// A framework with a task on an agent; then the master is killed and started again.
    static func restarted(
        _ info: Mesos_V1_FrameworkInfo = TestMaster.frameworkInfo(timeout: 3600),
        _ change: @escaping (inout MasterCoreConfiguration) -> Void = { _ in }
    ) throws -> (master: TestMaster, scheduler: TestScheduler, agent: TestAgent, task: Mesos_V1_Task) {
        var (master, scheduler, agent) = try TestMaster.running(info: info)
        let task = try #require(master.core.state.taskMessages.first)
        master.restart(change)
        return (master, scheduler, agent, task)
    }

    static func info(of scheduler: TestScheduler) -> Mesos_V1_FrameworkInfo {
        TaskLifeTests.info(of: scheduler, timeout: 3600)
    }

    @Test func allIsKnownAgain() throws {
        var (master, scheduler, agent, task) = try Self.restarted()
        let state = master.core.state
        let framework = try #require(state.frameworkMessages(ClusterUsage(state)).first)
        #expect(framework.frameworkInfo.id.value == scheduler.id.value)
        #expect(framework.recovered && !framework.connected && !framework.active)
        #expect(state.agents.isEmpty)
        #expect(state.recoveredAgentMessages.map(\.id.value) == [agent.id.value])
        #expect(state.recoveredAgentMessages.map(\.hostname) == ["10.0.0.7"])

        let again = try master.scheduler(Self.info(of: scheduler))
        #expect(again.id == scheduler.id)
        #expect(master.core.state.frameworks[again.id]?.registered == state.frameworks[again.id]?.registered)
        #expect(master.changes.isEmpty)
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [Self.info(of: scheduler)]
            report.tasks = [task]
        }
        #expect(master.core.state.recoveredAgentMessages.isEmpty)
        #expect(master.core.state.taskMessages.map(\.taskID.value) == ["t"])
        #expect(master.offers(to: again).map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 3000)])
        #expect(master.changes.isEmpty, "whoever is back as he was needs not be written down")
    }

    @Test func agentsThatStayAwayAreUnreachable() throws {
        var (master, scheduler, agent, task) = try Self.restarted()
        let again = try master.scheduler(Self.info(of: scheduler))
        master.advance(by: .seconds(599))
        #expect(master.core.state.recoveredAgentMessages.count == 1)
        master.advance(by: .seconds(2))
        #expect(master.core.state.recoveredAgentMessages.isEmpty)
        #expect(master.registry.unreachable.keys.sorted() == [agent.id])
        #expect(master.core.state.counters.recoveryRemovals == 1)
        guard case .agentLost(agent.id)? = master.events(of: again.stream).first else { return #expect(Bool(false), "no FAILURE") }
        // It may still come back, and its task is known then.
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [Self.info(of: scheduler)]
            report.tasks = [task]
        }
        #expect(master.updates(to: again).map(\.state) == [.taskRunning])
        #expect(master.registry.unreachable.isEmpty)
    }

    @Test func nothingIsSaidOfTasksUntilTheirAgentsMayHaveReported() throws {
        var (master, scheduler, agent, _) = try Self.restarted()
        let again = try master.scheduler(Self.info(of: scheduler))
        func reconcile(_ agents: [AgentID?]) -> [Mesos_V1_TaskState] {
            master.send(again, .reconcile) { call in
                call.reconcile.tasks = agents.map { agent in
                    var task = Mesos_V1_Scheduler_Call.Reconcile.Task()
                    task.taskID.value = "t"
                    if let agent { task.agentID = agent.message }
                    return task
                }
            }
            return master.updates(to: again).map(\.state)
        }
        #expect(reconcile([agent.id, nil, AgentID("nobody")]).isEmpty)
        master.advance(by: .seconds(601))
        #expect(reconcile([agent.id, nil, AgentID("nobody")]) == [.taskUnreachable, .taskUnknown, .taskUnknown])
        master.send(marking: agent.id)
        #expect(reconcile([agent.id]) == [.taskGoneByOperator])
        master.restart()
        let third = try master.scheduler(Self.info(of: scheduler))
        #expect(third.id == scheduler.id)
        master.send(third, .reconcile) { call in
            call.reconcile.tasks = [.with { $0.taskID.value = "t" }]
            call.reconcile.tasks[0].agentID = agent.id.message
        }
        #expect(master.updates(to: third).map(\.state) == [.taskGoneByOperator])
    }

    @Test func killsWaitForTheAgentsThatMayHaveTheTask() throws {
        var (master, scheduler, agent, task) = try Self.restarted()
        let again = try master.scheduler(Self.info(of: scheduler))
        master.send(again, .kill) { $0.kill.taskID.value = "t" }
        #expect(master.events(of: again.stream).isEmpty)
        let back = try master.agent(id: agent.id) { report in
            report.frameworks = [Self.info(of: scheduler)]
            report.tasks = [task]
        }
        guard case .kill(scheduler.id, TaskID("t"), nil)? = master.events(of: back).first else { return #expect(Bool(false), "not killed") }
    }

    @Test func frameworksHaveTheirTimeToComeBack() throws {
        for (timeout, patience) in [(0.0, 600), (3600.0, 3600)] {
            var (master, scheduler, agent, task) = try Self.restarted(TestMaster.frameworkInfo(timeout: timeout))
            master.advance(by: .seconds(patience - 1))
            #expect(master.core.state.frameworks[scheduler.id] != nil)
            master.advance(by: .seconds(2))
            #expect(master.core.state.frameworks[scheduler.id] == nil)
            // What its agents still run of it is shut down when they come back, after another restart, too.
            master.restart()
            let back = try master.agent(id: agent.id) { report in
                report.frameworks = [TaskLifeTests.info(of: scheduler, timeout: timeout)]
                report.tasks = [task]
            }
            guard case .shutdownFramework(scheduler.id)? = master.events(of: back).first else { return #expect(Bool(false), "not told") }
            #expect(master.core.state.frameworks.isEmpty)
        }
    }

    @Test func namesNeverMeetOlderOnes() throws {
        var master = TestMaster()
        var seen: Set<String> = []
        for _ in 0..<5 {
            for _ in 0..<3 {
                let scheduler = try master.scheduler()
                let agent = try master.agent()
                let offers = master.offers(to: scheduler)
                for name in [scheduler.id.value, agent.id.value] + offers.map(\.id.value) { #expect(seen.insert(name).inserted, "\(name)") }
                master.send(scheduler, .teardown)
            }
            master.restart()
        }
    }

    @Test(arguments: [(20.0, true), (60.0, false)])
    func tooManyMissingAgentsEndTheMaster(_ percent: Double, _ ends: Bool) throws {
        var master = TestMaster { configuration in
            configuration.recoveryRemovalLimit = percent
            configuration.missedAgentHeartbeats = 1000
        }
        let agents = try (0..<4).map { _ in try master.agent() }
        master.restart()
        for agent in agents.prefix(2) { _ = try master.agent(id: agent.id) }
        master.advance(by: .seconds(601))
        #expect((master.abortReason != nil) == ends)
        #expect(master.abortReason?.contains("2 of 4 agents") ?? true)
        #expect(master.registry.unreachable.count == (ends ? 0 : 2), "an operator's mistake must not cost agents")
    }

    @Test func anAgentReportsWhatTheRegistryLost() throws {
        var (master, scheduler, agent, task) = try Self.restarted()
        master.registry = Registry()
        master.restart()
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [Self.info(of: scheduler)]
            report.tasks = [task]
        }
        #expect(master.core.state.frameworks[scheduler.id]?.isRecovered == true)
        #expect(master.registry.frameworks[scheduler.id]?.info == Self.info(of: scheduler))
        #expect(master.registry.agents[agent.id] != nil)
    }

    @Test func anAgentHearsWhatAFrameworkChangedMeanwhile() throws {
        var (master, scheduler, agent, task) = try Self.restarted()
        var info = Self.info(of: scheduler)
        info.name = "renamed"
        _ = try master.scheduler(info)
        let back = try master.agent(id: agent.id) { report in
            report.frameworks = [Self.info(of: scheduler)]
            report.tasks = [task]
        }
        guard case .updateFramework(let told)? = master.events(of: back).first else { return #expect(Bool(false), "not told") }
        #expect(told == info)
    }
}
