import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// What brought masters of Mesos down, told to ours (docs/mesos-old-bugs.md).
@Suite struct OldBugTests {
    /// MESOS-10146: a task of a framework that is not connected ends, and its agent goes.
    @Test(arguments: [true, false]) func aTaskOfADisconnectedFrameworkEnds(_ isAcknowledged: Bool) throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 3600))
        if isAcknowledged {
            master.report("t", .taskFinished, uuid: uuid(2), by: agent, of: scheduler.id)
            master.acknowledge("t", uuid(2), on: agent, by: scheduler)
        }
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        if !isAcknowledged { master.report("t", .taskFinished, uuid: uuid(2), by: agent, of: scheduler.id) }
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(76))
        #expect(master.core.state.agents.isEmpty)
        #expect(master.core.state.completedTaskMessages.map(\.state) == [.taskFinished])
        master.advance(by: .seconds(3600))
        #expect(master.core.state.frameworks.isEmpty)
    }

    /// MESOS-10011, MESOS-10194: calls and updates that name agents, frameworks, tasks and roles which are gone.
    @Test func whatIsSaidOfThoseWhoAreGoneIsAnswered() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        master.send(marking: agent.id)
        #expect(master.acknowledge("t", uuid(1), on: agent, by: scheduler)?.status == 202)
        #expect(master.report("t", .taskRunning, uuid: uuid(2), by: agent, of: scheduler.id)?.status == 400)
        #expect(master.send(scheduler, .kill) { $0.kill.taskID.value = "t" }?.status == 202)
        #expect(master.updates(to: scheduler).last?.state == .taskUnknown)
        #expect(master.send(scheduler, .suppress) { $0.suppress.roles = ["nobody"] }?.status == 202)
        #expect(master.send(scheduler, .revive) { $0.revive.roles = ["nobody"] }?.status == 202)
        let next = try master.agent()
        #expect(master.report("x", .taskRunning, uuid: uuid(3), by: next, of: FrameworkID("nobody"))?.status == 202)
        #expect(master.offers(to: scheduler).map(\.agent) == [next.id])
    }

    /// MESOS-9609: agents become unreachable while what they run is at every point of its life.
    @Test func agentsBecomeUnreachableAtEveryPointOfTheirTasksLives() throws {
        let lives: [(String, (inout TestMaster, TestScheduler, TestAgent) throws -> Void)] = [
            ("running", { _, _, _ in }),
            (
                "ended, not acknowledged",
                { master, scheduler, agent in
                    master.report("t", .taskFailed, uuid: uuid(2), by: agent, of: scheduler.id)
                }
            ),
            (
                "killed while away",
                { master, scheduler, agent in
                    master.handle(.agentStreamClosed(agent.stream.id))
                    master.send(scheduler, .kill) { $0.kill.taskID.value = "t" }
                }
            ),
            ("torn down", { master, scheduler, _ in master.send(scheduler, .teardown) }),
            (
                "torn down while away",
                { master, scheduler, agent in
                    master.handle(.agentStreamClosed(agent.stream.id))
                    master.send(scheduler, .teardown)
                }
            ),
            ("given up", { master, _, agent in master.send(marking: agent.id) }),
        ]
        for (name, live) in lives {
            var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 3600))
            try live(&master, scheduler, agent)
            master.advance(by: .seconds(100))
            #expect(master.core.state.agents.isEmpty, "\(name)")
            master.restart()
            master.advance(by: .seconds(700))
            #expect(master.core.state.agents.isEmpty, "\(name)")
            _ = try master.agent(id: AgentID("new"))
        }
    }
}
