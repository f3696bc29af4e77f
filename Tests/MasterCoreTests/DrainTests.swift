import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// DRAIN_AGENT, DEACTIVATE_AGENT and REACTIVATE_AGENT.
@Suite struct DrainTests {
    private static func drained(markGone: Bool = false, grace: Int64? = nil) throws
        -> (master: TestMaster, scheduler: TestScheduler, agent: TestAgent)
    {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 1000))
        #expect(master.drain(agent.id, markGone: markGone, grace: grace)?.status == 200)
        return (master, scheduler, agent)
    }

    private static func end(_ master: inout TestMaster, _ scheduler: TestScheduler, _ agent: TestAgent) {
        master.report("t", .taskKilled, uuid: uuid(9), by: agent, of: scheduler.id)
        master.acknowledge("t", uuid(9), on: agent, by: scheduler)
    }

    @Test func killsWhatRunsAndIsDrainedWhenThatIsAcknowledged() throws {
        var (master, scheduler, agent) = try Self.drained()
        let told = master.events(of: agent)
        guard case .kill(scheduler.id, TaskID("t"), nil)? = told.first else { throw TestFailure("not killed") }
        guard case .drain(let drain?)? = told.last, drain.state == .draining else { throw TestFailure("not told of the drain") }
        #expect(master.drainState(of: agent.id) == .draining)
        #expect(master.registry.services[agent.id]?.drain?.state == .draining)
        master.report("t", .taskKilling, uuid: uuid(8), by: agent, of: scheduler.id)
        master.report("t", .taskKilled, uuid: uuid(9), by: agent, of: scheduler.id)
        let updates = master.updates(to: scheduler)
        #expect(updates.map(\.state) == [.taskKilling, .taskKilled])
        #expect(updates.map(\.reason) == [.agentDraining, .agentDraining])
        #expect(master.drainState(of: agent.id) == .draining)
        master.acknowledge("t", uuid(9), on: agent, by: scheduler)
        #expect(master.drainState(of: agent.id) == .drained)
        #expect(master.registry.services[agent.id]?.drain?.state == .drained)
        guard case .drain(nil)? = master.events(of: agent).last else { throw TestFailure("not told that the drain is over") }
        #expect(master.offers(to: scheduler).isEmpty, "what is drained is not offered")
        #expect(master.reactivate(agent.id)?.status == 200)
        #expect(master.offers(to: scheduler).count == 1)
        #expect(master.registry.services.isEmpty)
    }

    @Test func withMarkGoneItIsGoneInTheEnd() throws {
        var (master, scheduler, agent) = try Self.drained(markGone: true)
        _ = master.events(of: agent)
        Self.end(&master, scheduler, agent)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskGoneByOperator])
        #expect(master.core.state.agents.isEmpty)
        #expect(master.registry.gone.keys.sorted() == [agent.id])
        #expect(master.registry.services.isEmpty)
        #expect(master.events(of: agent).contains { if case .shutdown = $0 { true } else { false } })
        #expect(master.core.state.completedTaskMessages.map(\.taskID.value) == ["t"])
    }

    @Test(arguments: [(Int64(1), Int64?(1)), (3, nil), (100, nil)])
    func theGraceIsLimited(_ seconds: Int64, _ expected: Int64?) throws {
        var (master, _, agent) = try Self.drained(grace: seconds)
        guard case .kill(_, _, let policy)? = master.events(of: agent).first else { throw TestFailure("not killed") }
        #expect(policy?.gracePeriod.nanoseconds == expected.map { $0 * 1_000_000_000 })
    }

    @Test func itGoesOnAfterTheMastersDeath() throws {
        var (master, scheduler, agent) = try Self.drained()
        master.restart()
        #expect(master.core.state.agents.isEmpty)
        var info = TestMaster.frameworkInfo(timeout: 1000)
        info.id = scheduler.id.message
        let again = try master.scheduler(info)
        let back = try master.agent(id: agent.id) { report in
            report.tasks = [
                .with { task in
                    task.name = "t"
                    task.taskID.value = "t"
                    task.frameworkID = scheduler.id.message
                    task.agentID = agent.id.message
                    task.state = .taskRunning
                }
            ]
        }
        #expect(master.events(of: back).contains { if case .kill = $0 { true } else { false } })
        #expect(master.drainState(of: agent.id) == .draining)
        Self.end(&master, again, back)
        #expect(master.drainState(of: agent.id) == .drained)
        #expect(master.offers(to: again).isEmpty)
    }

    @Test func whatIsUnreachableIsDrained() throws {
        var (master, _, agent) = try Self.drained()
        master.handle(.agentStreamClosed(agent.stream.id))
        #expect(master.drainState(of: agent.id) == .draining)
        master.advance(by: .seconds(100))
        #expect(master.registry.services[agent.id]?.drain?.state == .drained)
        #expect(master.registry.unreachable[agent.id] != nil)
    }

    @Test func whatIsUnreachableAndToBeGoneIsGone() throws {
        var (master, scheduler, agent) = try Self.drained(markGone: true)
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(100))
        #expect(master.registry.gone[agent.id] != nil)
        #expect(master.registry.unreachable.isEmpty)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskUnreachable, .taskGoneByOperator])
    }

    @Test func refusals() throws {
        var (master, _, agent) = try Self.drained()
        let answer = master.reactivate(agent.id)
        #expect(answer?.status == 409)
        #expect(answer?.text.contains("DRAINING") == true)
        for (status, text) in [master.drain(AgentID("none")), master.deactivate(AgentID("none")), master.reactivate(AgentID("none"))]
            .compactMap(\.self)
        {
            #expect(status == 400)
            #expect(text.contains("agent_id"))
        }
        #expect(master.drain(agent.id, grace: -1)?.status == 400)
        #expect(master.drain(AgentID("a/b"))?.status == 400)
        #expect(master.drain(agent.id)?.status == 200, "once more is as once")
        #expect(master.drainState(of: agent.id) == .draining)
    }

    @Test func deactivationStopsOffersAndSurvives() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 1000))
        #expect(master.deactivate(agent.id)?.status == 200)
        #expect(master.events(of: agent).isEmpty, "what runs there runs on")
        master.send(scheduler, .revive)
        #expect(master.offers(to: scheduler).isEmpty)
        #expect(
            master.core.state.agentMessages(ClusterUsage(master.core.state)).map { [$0.active, $0.deactivated] } == [[false, true]]
        )
        master.restart()
        var info = TestMaster.frameworkInfo(timeout: 1000)
        info.id = scheduler.id.message
        let again = try master.scheduler(info)
        _ = try master.agent(id: agent.id)
        #expect(master.offers(to: again).isEmpty)
        #expect(master.reactivate(agent.id)?.status == 200)
        #expect(master.offers(to: again).count == 1)
    }

    @Test func offersThatAreOutAreRescinded() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.deactivate(agent.id)
        #expect(master.rescinded(from: scheduler) == [offer.id])
    }
}

extension TestMaster {
    /// Sends an operator's call as the shell would.
    @discardableResult
    mutating func send(_ call: Mesos_V1_Master_Call) -> (status: Int, text: String)? {
        do { try OperatorCallValidation.check(call) } catch { return (error.status, error.message) }
        return handle(.operatorCall(call, reply: TestReply()))
    }

    @discardableResult
    mutating func drain(_ agent: AgentID, markGone: Bool = false, grace seconds: Int64? = nil) -> (status: Int, text: String)? {
        send(
            .with { call in
                call.type = .drainAgent
                call.drainAgent.agentID = agent.message
                call.drainAgent.markGone = markGone
                if let seconds { call.drainAgent.maxGracePeriod.seconds = seconds }
            }
        )
    }

    @discardableResult
    mutating func deactivate(_ agent: AgentID) -> (status: Int, text: String)? {
        send(
            .with { call in
                call.type = .deactivateAgent
                call.deactivateAgent.agentID = agent.message
            }
        )
    }

    @discardableResult
    mutating func reactivate(_ agent: AgentID) -> (status: Int, text: String)? {
        send(
            .with { call in
                call.type = .reactivateAgent
                call.reactivateAgent.agentID = agent.message
            }
        )
    }

    func drainState(of agent: AgentID) -> Mesos_V1_DrainState? {
        core.state.agentMessages(ClusterUsage(core.state)).first { $0.agentInfo.id == agent.message }?.drainInfo.state
    }
}
