import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// MARK_AGENT_GONE.
@Suite struct AgentGoneTests {
    @Test(arguments: [(true, Mesos_V1_TaskState.taskGoneByOperator), (false, .taskLost)])
    func aConnectedAgentIsShutDownAndItsTasksAreOver(_ isPartitionAware: Bool, _ end: Mesos_V1_TaskState) throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(isPartitionAware: isPartitionAware))
        #expect(master.send(marking: agent.id)?.status == 200)
        let events = master.events(of: scheduler.stream)
        guard case .update(let status)? = events.first, case .agentLost(agent.id)? = events.last else {
            return #expect(Bool(false), "\(events)")
        }
        #expect(status.state == end)
        #expect(status.reason == .agentRemovedByOperator)
        #expect(status.source == .master)
        guard case .shutdown? = master.events(of: agent).first else { return #expect(Bool(false), "not shut down") }
        #expect(master.closed.contains(agent.stream.id))
        #expect(master.core.state.agents.isEmpty)
        #expect(master.core.state.completedTaskMessages.map(\.state) == [end])
        #expect(master.core.state.counters.endedTasks[end] == 1)
        #expect(master.registry.gone.keys.sorted() == [agent.id])
        #expect(master.send(agent, .heartbeat)?.status == 400)
        #expect(master.send(marking: agent.id)?.status == 200, "once is as often")
        #expect(master.events(of: scheduler.stream).isEmpty)
    }

    @Test func itIsToldAgainWheneverItComesBack() throws {
        var (master, _, agent) = try TestMaster.running()
        master.send(marking: agent.id)
        for _ in 0..<2 {
            let stream = master.newStream()
            master.handle(.agentSubscribe(stream, try TestMaster.agentCall("cpus:1;mem:1", id: agent.id)))
            guard case .shutdown(let text)? = master.agentEvents[stream.id]?.first else { return #expect(Bool(false), "not shut down") }
            #expect(text.contains(agent.id.value))
            #expect(master.closed.contains(stream.id))
            #expect(master.core.state.agents.isEmpty)
            master.restart()
        }
    }

    @Test func anUnreachableAgentsTasksAreOverThen() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(76))
        #expect(master.updates(to: scheduler).map(\.state) == [.taskUnreachable])
        #expect(master.send(marking: agent.id)?.status == 200)
        #expect(master.updates(to: scheduler).map(\.state) == [.taskGoneByOperator])
        #expect(master.core.state.unreachableTaskMessages.isEmpty)
        #expect(master.registry.unreachable.isEmpty)
        #expect(master.registry.gone.count == 1)
    }

    @Test func aRecoveredAgentIsNotWaitedFor() throws {
        var (master, _, agent, _) = try RestartTests.restarted()
        #expect(master.send(marking: agent.id)?.status == 200)
        #expect(master.core.state.recoveredAgentMessages.isEmpty)
        #expect(master.registry.gone.count == 1)
        #expect(master.core.nextDeadline != nil)
    }

    @Test func whomNobodyKnowsIsNotFound() {
        var master = TestMaster()
        let answer = master.send(marking: AgentID("nobody"))
        #expect(answer?.status == 404)
        #expect(answer?.text.contains("mark_agent_gone.agent_id") == true)
        #expect(master.changes.isEmpty)
    }

    @Test(arguments: ["", "../x", String(repeating: "x", count: 300)])
    func namesThatAreNoneAreRefused(_ name: String) {
        var call = Mesos_V1_Master_Call()
        call.type = .markAgentGone
        #expect(throws: Refusal.self) { try OperatorCallValidation.check(call) }
        call.markAgentGone.agentID.value = name
        #expect(throws: Refusal.self) { try OperatorCallValidation.check(call) }
    }
}

extension TestMaster {
    /// MARK_AGENT_GONE.
    @discardableResult
    mutating func send(marking agent: AgentID) -> (status: Int, text: String)? {
        var call = Mesos_V1_Master_Call()
        call.type = .markAgentGone
        call.markAgentGone.agentID = agent.message
        return handle(.operatorCall(call, reply: TestReply()))
    }

    static func subscribeCall(_ info: Mesos_V1_FrameworkInfo) -> Mesos_V1_Scheduler_Call {
        var call = Mesos_V1_Scheduler_Call()
        call.type = .subscribe
        call.subscribe.frameworkInfo = info
        return call
    }
}
