import AgentCore
import Cluster
import MesosMessages
import Testing

/// A restarted agent: what was stored and what is found become what is true.
@Suite struct RecoveryTests {
    @Test func findsWhatRunsAndTellsWhatEnded() {
        var old = CoreHarness.subscribed()
        old.launch([.sample("runs"), .sample("ended"), .sample("failed")])
        for task in ["runs", "ended", "failed"] { old.launched(old.container(task), pid: 7) }
        old.acknowledgeAll()
        let agent = restart(
            old,
            [
                old.container("runs"): .running(pid: 7),
                old.container("ended"): .ended(ContainerExit(waitStatus: 0)),
                old.container("failed"): .ended(ContainerExit(waitStatus: 3 << 8)),
            ]
        )
        #expect(agent.core.id == AgentID("S1"))
        #expect(agent.subscribeCalls.first?.subscribe.agent.id.value == "S1")
        #expect(agent.subscribeCalls.first?.subscribe.tasks.count == 3)
        #expect(agent.states("runs").isEmpty)
        #expect(agent.states("ended") == [.taskFinished])
        #expect(agent.states("failed") == [.taskFailed])
        #expect(agent.last("failed")?.message == "Command exited with status 3")
    }

    @Test func sendsWhatWasNotAcknowledgedAndNothingElse() {
        var old = CoreHarness.subscribed()
        old.launch([.sample("t1")])
        old.launched(old.container("t1"))
        old.acknowledge(old.sent[0])
        let agent = restart(old, [old.container("t1"): .running(pid: 7)])
        #expect(agent.states("t1") == [.taskRunning])
        #expect(agent.sent.first?.status.uuid == old.sent.last?.status.uuid)
    }

    @Test func tellsOfALaunchThatWasNotToldOf() {
        var old = CoreHarness.subscribed()
        old.launch([.sample("t1")])
        var agent = restart(old, [old.container("t1"): .running(pid: 7)])
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [.taskStarting, .taskRunning])
    }

    @Test(arguments: [
        (true, true, Mesos_V1_TaskState.taskGone), (false, true, .taskLost), (true, false, .taskDropped), (false, false, .taskLost),
    ])
    func tellsOfContainersThatVanished(isPartitionAware: Bool, hasRun: Bool, state: Mesos_V1_TaskState) {
        var old = CoreHarness.subscribed()
        old.launch([.sample("t1")], by: .sample(isPartitionAware ? [.partitionAware] : []))
        if hasRun { old.launched(old.container("t1")) }
        old.acknowledgeAll()
        var agent = restart(old, [:])
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [state])
        #expect(agent.last("t1")?.reason == .agentRestarted)
        #expect(agent.core.executors.isEmpty && agent.disk.executors.isEmpty && agent.disk.tasks.isEmpty)
    }

    @Test func killsTheGroupOfATaskThatFailedMeanwhile() {
        var old = CoreHarness.subscribed()
        old.runGroup([.sample("a"), .sample("b")])
        let (a, b) = (old.container("a"), old.container("b"))
        let agent = restart(
            old,
            [
                a.root: .running(pid: 1), a: .ended(ContainerExit(waitStatus: 1 << 8)), b: .running(pid: 3),
            ]
        )
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.signals == [b])
    }

    @Test func startsTheTasksThatWaitedForTheirExecutor() {
        var old = CoreHarness.subscribed()
        old.launchGroup([.sample("a"), .sample("b")])
        var agent = restart(old, [old.container("a").root: .running(pid: 1)])
        #expect(agent.launches.map(\.id) == [old.container("a"), old.container("b")])
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskStarting])
    }

    @Test func endsAnExecutorWhoseTasksAllEnded() {
        var old = CoreHarness.subscribed()
        old.runGroup([.sample("a")])
        let a = old.container("a")
        var agent = restart(old, [a.root: .running(pid: 1), a: .ended(ContainerExit(waitStatus: 0))])
        agent.acknowledgeAll()
        #expect(agent.destroyed == [a.root])
    }

    @Test func goesOnWithAKill() {
        var old = CoreHarness.subscribed()
        old.launch([.sample("t1")])
        let container = old.container("t1")
        old.launched(container)
        old.kill("t1", grace: .seconds(10))
        old.now = old.now + .seconds(4)
        var agent = restart(old, [container: .running(pid: 7)])
        agent.run(for: .seconds(5))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .seconds(1))
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        agent.acknowledgeAll()
        #expect(agent.states("t1").last == .taskKilled)
    }

    @Test func destroysWhatIsUnknownAndSparesOperators() {
        let unknown = ContainerID("unknown")
        let found = [
            FoundContainer(id: unknown, state: .running(pid: 1), isStandalone: false),
            FoundContainer(id: unknown.child("below"), state: .running(pid: 2), isStandalone: false),
            FoundContainer(id: ContainerID("ended"), state: .ended(ContainerExit(waitStatus: 0)), isStandalone: false),
            FoundContainer(id: ContainerID("operators"), state: .running(pid: 3), isStandalone: true),
        ]
        var agent = CoreHarness()
        agent.recover(StoredAgent(), found)
        #expect(agent.destroyed == [unknown])
        let forgotten = agent.effects.compactMap { if case .forget(let id) = $0 { id } else { nil } }
        #expect(forgotten == [ContainerID("ended")])
    }

    private func restart(_ old: CoreHarness, _ states: [ContainerID: FoundContainer.State]) -> CoreHarness {
        var agent = CoreHarness(seed: 2)
        agent.now = old.now
        agent.disk = old.disk
        agent.recover(old.disk, states.map { FoundContainer(id: $0.key, state: $0.value, isStandalone: false) })
        agent.handle(.start)
        agent.subscribe()
        return agent
    }
}

extension CoreHarness {
    mutating func recover(_ stored: StoredAgent, _ found: [FoundContainer]) {
        var new: [AgentEffect] = []
        core.recover(stored, found: found, at: now, effects: &new)
        note(new)
    }
}
