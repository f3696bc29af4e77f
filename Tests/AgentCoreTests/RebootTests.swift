import AgentCore
import Cluster
import MesosMessages
import Testing

/// An agent that starts after its machine did, and one that only cleans up.
@Suite struct RebootTests {
    /// A task that runs, on an agent whose disk says that the machine was up since `boot`.
    private func running(boot: String) -> (disk: StoredAgent, container: ContainerID) {
        var old = CoreHarness.subscribed()
        old.launch([.sample("t1")])
        old.launched(old.container("t1"))
        old.acknowledgeAll()
        old.disk.description = AgentDescription(info: CoreHarness.configuration.info, boot: boot)
        return (old.disk, old.container("t1"))
    }

    private func restarted(_ disk: StoredAgent, _ container: ContainerID, _ exit: ContainerExit) -> CoreHarness {
        var agent = CoreHarness(seed: 2)
        agent.disk = disk
        agent.recover(disk, [FoundContainer(id: container, state: .ended(exit), isStandalone: false)])
        agent.handle(.start)
        agent.subscribe()
        return agent
    }

    /// Of a container that was cut short by the machine there is no status; one that ended before has its own.
    @Test(arguments: [
        ("before", ContainerExit(waitStatus: 9), Mesos_V1_TaskState.taskGone), ("", ContainerExit(waitStatus: 9), .taskFailed),
        ("before", ContainerExit(waitStatus: 3 << 8), .taskFailed), ("before", ContainerExit(waitStatus: 0), .taskFinished),
        ("before", ContainerExit(waitStatus: 9, limitation: .memory(limitBytes: 1 << 20)), .taskFailed),
    ])
    func aTaskGetsTheStateThatIsTrue(_ boot: String, _ exit: ContainerExit, _ state: Mesos_V1_TaskState) {
        let (disk, container) = running(boot: boot)
        let agent = restarted(disk, container, exit)
        #expect(agent.states("t1") == [state])
        #expect(agent.core.id == AgentID("S1"), "it is the agent that it was")
        #expect(agent.disk.description?.boot == "")
        let forgotten = agent.effects.compactMap { if case .forget(let id) = $0 { id } else { nil } }
        #expect(Set(forgotten) == [container])
    }

    @Test func cleaningUpKillsReportsAndLeaves() {
        let (disk, container) = running(boot: "")
        var agent = CoreHarness(seed: 2)
        agent.disk = disk
        agent.recover(disk, [FoundContainer(id: container, state: .running(pid: 7), isStandalone: false)])
        agent.handle(.cleanUp)
        #expect(agent.destroyed.isEmpty, "a master is to hear of it")
        agent.subscribe()
        #expect(agent.destroyed == [container])
        #expect(!agent.hasStopped)
        agent.ended(container, 9)
        #expect(agent.states("t1") == [.taskGone])
        #expect(agent.hasStopped)
    }

    @Test func cleaningUpDoesNotWaitForAMasterForEver() {
        let (disk, container) = running(boot: "")
        var agent = CoreHarness(seed: 2)
        agent.disk = disk
        agent.recover(disk, [FoundContainer(id: container, state: .running(pid: 7), isStandalone: false)])
        agent.handle(.cleanUp)
        agent.run(for: AgentLimits.cleanUpPatience)
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        #expect(agent.hasStopped)
        #expect(agent.disk.tasks.first?.updates.last?.status.state == .taskGone, "for the next start")
    }

    /// MESOS-8877, MESOS-8840: in Mesos the recovery changes limits.
    @Test func recoveryChangesNoLimits() {
        let (disk, container) = running(boot: "")
        var agent = CoreHarness(seed: 2)
        agent.recover(disk, [FoundContainer(id: container, state: .running(pid: 7), isStandalone: false)])
        agent.handle(.start)
        agent.subscribe()
        let changes = agent.effects.filter { if case .update = $0 { true } else { false } }
        #expect(changes.isEmpty)
    }
}
