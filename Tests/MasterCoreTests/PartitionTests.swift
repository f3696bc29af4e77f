import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Agents that are away: how fast whom is told what, and how long they are remembered.
@Suite struct PartitionTests {
    /// A framework of the new and one of the old kind, each with a task on each of some agents.
    private static func cluster(
        agents count: Int,
        _ change: @escaping (inout MasterCoreConfiguration) -> Void
    ) throws -> (master: TestMaster, aware: TestScheduler, old: TestScheduler, agents: [TestAgent]) {
        var master = TestMaster(change)
        let aware = try master.scheduler(TestMaster.frameworkInfo("aware", roles: ["a"]))
        let old = try master.scheduler(TestMaster.frameworkInfo("old", roles: ["b"], isPartitionAware: false))
        var agents: [TestAgent] = []
        for number in 0..<count {
            let agent = try master.agent("cpus:4;mem:4096") { $0.agent.port = Int32(6000 + number) }
            agents.append(agent)
            for scheduler in [aware, old] {
                for other in [aware, old] { master.send(other, other.id == scheduler.id ? .revive : .suppress) }
                let offers = master.offers(to: scheduler).filter { $0.agent == agent.id }
                let task = try taskInfo("t\(number)", on: agent.id)
                master.accept(scheduler, offers.map(\.id), [launch([task])])
                master.report("t\(number)", .taskRunning, uuid: uuid(1), by: agent, of: scheduler.id)
            }
        }
        _ = master.events(of: aware.stream)
        _ = master.events(of: old.stream)
        return (master, aware, old, agents)
    }

    private static func losses(_ master: inout TestMaster, _ scheduler: TestScheduler) -> [String] {
        master.updates(to: scheduler).map { "\($0.taskID.value) \($0.state.name)" }
    }

    /// MESOS-7721: in Mesos the limit delays that agents become unreachable.
    @Test func theRateLimitDelaysOnlyThatOldFrameworksTakeTasksForLost() throws {
        let rate = RemovalRateLimit(agents: 1, duration: .seconds(600))
        var (master, aware, old, agents) = try Self.cluster(agents: 3) { $0.agentRemovalRateLimit = rate }
        for agent in agents { master.handle(.agentStreamClosed(agent.stream.id)) }
        master.advance(by: .seconds(76))
        #expect(master.registry.unreachable.count == 3)
        #expect(Self.losses(&master, aware).sorted() == ["t0 TASK_UNREACHABLE", "t1 TASK_UNREACHABLE", "t2 TASK_UNREACHABLE"])
        #expect(Self.losses(&master, old) == ["t0 TASK_LOST"])
        // Until it is told, nothing else is said of it either.
        master.send(old, .reconcile) { $0.reconcile.tasks = [.with { $0.taskID.value = "t1" }] }
        #expect(Self.losses(&master, old).isEmpty)
        master.advance(by: .seconds(599))
        let late = master.updates(to: old)
        #expect(late.map(\.taskID.value) == ["t1"] && late.map(\.state) == [.taskLost])
        #expect(late.first?.unreachableTime.nanoseconds == master.core.state.unreachableAgents[agents[1].id]?.since.nanoseconds)
        // The third comes back before its turn.
        let task = try #require(master.core.state.unreachableTaskMessages.first { $0.agentID.value == agents[2].id.value })
        let back = try master.agent("cpus:4;mem:4096", id: agents[2].id) { report in
            report.agent.port = 6002
            report.tasks = [aware, old].map { scheduler in
                var task = task
                task.frameworkID = scheduler.id.message
                task.state = .taskRunning
                return task
            }
        }
        #expect(Self.losses(&master, aware) == ["t2 TASK_RUNNING"])
        #expect(Self.losses(&master, old) == ["t2 TASK_RUNNING"])
        for _ in 0..<60 {
            master.advance(by: .seconds(15))
            master.send(back, .heartbeat)
        }
        #expect(Self.losses(&master, old).isEmpty)
        #expect(master.core.state.counters.lossesDelayed == 2)
        #expect(master.core.state.counters.lossesCancelled == 1)
    }

    @Test func withoutALimitAllAreToldAtOnce() throws {
        var (master, aware, old, agents) = try Self.cluster(agents: 3) { _ in }
        for agent in agents { master.handle(.agentStreamClosed(agent.stream.id)) }
        master.advance(by: .seconds(76))
        #expect(Self.losses(&master, aware).count == 3)
        #expect(Self.losses(&master, old).count == 3)
    }

    /// MESOS-7911: in Mesos the tasks of a framework without checkpointing are lost when the connection breaks.
    @Test(arguments: [true, false]) func aBreakLosesNoTaskWhetherItsFrameworkCheckpointsOrNot(_ checkpoints: Bool) throws {
        var info = TestMaster.frameworkInfo(timeout: 600, isPartitionAware: false)
        info.checkpoint = checkpoints
        var (master, scheduler, agent) = try TestMaster.running(info: info)
        let task = try #require(master.core.state.taskMessages.first)
        info.id = scheduler.id.message
        for _ in 0..<3 {
            master.handle(.agentStreamClosed(try #require(master.core.state.agents[agent.id]?.stream)))
            master.advance(by: .seconds(60))
            _ = try master.agent(id: agent.id) { report in
                report.frameworks = [info]
                report.tasks = [task]
            }
        }
        #expect(master.updates(to: scheduler).isEmpty)
        #expect(master.core.state.taskMessages.map(\.state) == [.taskRunning])
    }

    @Test func whatAReturningAgentLostMeanwhileIsOver() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(76))
        #expect(master.updates(to: scheduler).map(\.state) == [.taskUnreachable])
        _ = try master.agent(id: agent.id)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskGone])
        #expect(master.core.state.unreachableTaskMessages.isEmpty)
        #expect(master.core.state.completedTaskMessages.map(\.state) == [.taskGone])
        #expect(master.offers(to: scheduler).map { $0.resources.scalar("cpus") } == [Scalar(thousandths: 4000)])
    }

    @Test func aNewAgentAtTheAddressOfOneThatIsAwayTakesItsPlace() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.handle(.agentStreamClosed(agent.stream.id))
        let new = try master.agent()
        #expect(new.id != agent.id)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskUnreachable])
        #expect(master.registry.unreachable.keys.sorted() == [agent.id])
        #expect(master.core.state.agents.keys.sorted() == [new.id])
    }

    /// MESOS-9889: in Mesos two agents of one id keep each other and the master busy.
    @Test func aSecondAgentOfTheSameIdIsKeptOutWhileTheFirstIsThere() throws {
        var master = TestMaster()
        let agent = try master.agent()
        func subscribe(port: Int32) throws -> NewStream {
            var call = try TestMaster.agentCall("cpus:4;mem:4096", id: agent.id)
            call.subscribe.agent.port = port
            let stream = master.newStream()
            master.handle(.agentSubscribe(stream, call))
            return stream
        }
        let second = try subscribe(port: 5052)
        #expect(master.closed == [second.id])
        #expect(master.agentEvents[second.id] == nil, "it may be the same agent at a new address: it tries again")
        #expect(master.notices.contains { $0.contains("was a work directory copied?") })
        #expect(master.send(agent, .heartbeat)?.status == 202)
        master.handle(.agentStreamClosed(agent.stream.id))
        let third = try subscribe(port: 5052)
        guard case .subscribed(agent.id, _, _)? = master.agentEvents[third.id]?.first else { return #expect(Bool(false), "not taken") }
    }

    /// What an agent gave up on may arrive after its next SUBSCRIBE, and does not know what was launched since.
    @Test(arguments: [(life: 1 as UInt64, attempt: 9 as UInt64), (2, 2)])
    func aSubscriptionThatComesAfterANewerOneIsNotHeard(life: UInt64, attempt: UInt64) throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let tasks = master.core.state.taskMessages
        func subscribe(_ life: UInt64, _ attempt: UInt64, _ running: [Mesos_V1_Task]) throws -> StreamID {
            var call = try TestMaster.agentCall("cpus:4;mem:4096", id: agent.id)
            call.subscribe.life = life
            call.subscribe.attempt = attempt
            call.subscribe.tasks = running
            let stream = master.newStream()
            master.handle(.agentSubscribe(stream, call))
            return stream.id
        }
        let newer = try subscribe(2, 3, tasks)
        let late = try subscribe(life, attempt, [])
        #expect(master.closed.contains(late) && master.agentEvents[late] == nil)
        #expect(!master.closed.contains(newer))
        #expect(master.updates(to: scheduler).isEmpty)
        #expect(master.core.state.taskMessages.map(\.state) == [.taskRunning])
        let next = try subscribe(3, 1, [])
        #expect(master.closed.contains(newer) && !master.closed.contains(next))
        #expect(master.updates(to: scheduler).map(\.state) == [.taskGone], "the newest is the truth")
    }

    @Test func theUnreachableAndTheGoneAreForgottenByAge() throws {
        var master = TestMaster { configuration in
            configuration.registryAgentAge = .seconds(3600)
            configuration.registryCleanUpInterval = .seconds(900)
        }
        let (lost, gone) = (try master.agent(), try master.agent { $0.agent.port = 5052 })
        master.send(marking: gone.id)
        master.handle(.agentStreamClosed(lost.stream.id))
        master.advance(by: .seconds(3600))
        #expect(master.registry.unreachable.count == 1 && master.registry.gone.count == 1)
        master.restart()
        master.advance(by: .seconds(1000))
        #expect(master.registry == Registry())
        #expect(master.core.nextDeadline == nil, "there is nothing left that gets old")
    }

    @Test func theUnreachableAndTheGoneAreForgottenByNumber() throws {
        var master = TestMaster { $0.limits.unreachableAgents = 3 }
        for kind in 0..<2 {
            for number in 0..<5 {
                let agent = try master.agent { $0.agent.port = Int32(6000 + 10 * kind + number) }
                master.now = master.now + .seconds(1)
                if kind == 0 { master.send(marking: agent.id) } else { master.handle(.agentStreamClosed(agent.stream.id)) }
            }
        }
        master.advance(by: .seconds(100))
        #expect(master.registry.gone.keys.sorted().map(\.value) == ["M-S2", "M-S3", "M-S4"])
        #expect(master.registry.unreachable.keys.sorted().map(\.value) == ["M-S7", "M-S8", "M-S9"])
        // A lower limit holds from the next start.
        master.restart { $0.limits.unreachableAgents = 1 }
        master.advance(by: .seconds(901))
        #expect(master.registry.gone.keys.map(\.value) == ["M-S4"])
        #expect(master.registry.unreachable.keys.map(\.value) == ["M-S9"])
    }
}
