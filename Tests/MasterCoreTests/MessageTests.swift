import Cluster
import Foundation
import MasterCore
import MesosAPI
import MesosMessages
import Testing

/// MESSAGE both ways, and SHUTDOWN: what reaches the other end, and what is lost as in Mesos.
@Suite struct MessageTests {
    private static let greeting = Data("hello".utf8)

    @discardableResult
    private static func say(_ master: inout TestMaster, _ scheduler: TestScheduler, to agent: AgentID) -> (status: Int, text: String)? {
        master.send(scheduler, .message) { call in
            call.message.agentID = agent.message
            call.message.executorID.value = "e"
            call.message.data = greeting
        }
    }

    @Test func aSchedulersMessageReachesTheAgentOfItsExecutor() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        #expect(Self.say(&master, scheduler, to: agent.id)?.status == 202)
        let event = try #require(master.events(of: agent).first)
        #expect(event.message.type == .message)
        #expect(event.message.message.frameworkID == scheduler.id.message)
        #expect(event.message.message.executorID.value == "e")
        #expect(event.message.message.data == Self.greeting)
        #expect(master.core.state.counters.validFrameworkMessages == 1)
    }

    @Test func aMessageToAnAgentThatIsNotThereIsDropped() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 60))
        #expect(Self.say(&master, scheduler, to: AgentID("no-such"))?.status == 202)
        master.handle(.agentStreamClosed(agent.stream.id))
        #expect(Self.say(&master, scheduler, to: agent.id)?.status == 202)
        #expect(master.events(of: agent).isEmpty)
        #expect(master.core.state.counters.invalidFrameworkMessages == 2)
        #expect(master.notices.contains { $0.contains("message to an executor dropped") })
    }

    @discardableResult
    private static func answer(_ master: inout TestMaster, _ agent: TestAgent, to framework: FrameworkID) -> (status: Int, text: String)? {
        master.send(agent, .message) { call in
            call.message.frameworkID = framework.message
            call.message.executorID.value = "e"
            call.message.data = greeting
        }
    }

    @Test func anExecutorsMessageReachesItsScheduler() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        #expect(Self.answer(&master, agent, to: scheduler.id)?.status == 202)
        let event = try #require(master.events(of: scheduler.stream).first)
        #expect(event.message.type == .message)
        #expect(event.message.message.agentID == agent.id.message)
        #expect(event.message.message.executorID.value == "e")
        #expect(event.message.message.data == Self.greeting)
        #expect(master.core.state.counters.validExecutorMessages == 1)
    }

    @Test func anExecutorsMessageToASchedulerThatIsNotThereIsDropped() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 60))
        #expect(Self.answer(&master, agent, to: FrameworkID("none"))?.status == 202)
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        #expect(Self.answer(&master, agent, to: scheduler.id)?.status == 202)
        #expect(master.events(of: scheduler.stream).isEmpty)
        #expect(master.core.state.counters.executorMessages == 2)
        #expect(master.core.state.counters.invalidExecutorMessages == 2)
    }

    @Test func anAgentsMessageMustCarryOne() throws {
        var (master, _, agent) = try TestMaster.running()
        #expect(master.send(agent, .message)?.status == 400)
    }

    @Test func aShutdownReachesTheAgentOfTheExecutor() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        for id in [agent.id, AgentID("no-such")] {
            let answer = master.send(scheduler, .shutdown) { call in
                call.shutdown.agentID = id.message
                call.shutdown.executorID.value = "e"
            }
            #expect(answer?.status == 202)
        }
        let events = master.events(of: agent).map(\.message)
        #expect(events.map(\.type) == [.shutdownExecutor])
        #expect(events.first?.shutdownExecutor.frameworkID == scheduler.id.message)
        #expect(events.first?.shutdownExecutor.executorID.value == "e")
        #expect(master.notices.contains { $0.contains("executor not shut down") })
    }
}
