import AgentCore
import Cluster
import MesosMessages
import Testing

/// SIGTERM, a grace, force: and what later kills may change about it.
@Suite struct KillTests {
    /// A case of "KILL's policy before the task's before three seconds".
    struct Grace: Sendable {
        let kill: Duration?
        let task: Duration?
        let expected: Duration
    }

    @Test(arguments: [
        Grace(kill: nil, task: nil, expected: .seconds(3)),
        Grace(kill: nil, task: .seconds(7), expected: .seconds(7)),
        Grace(kill: .seconds(1), task: .seconds(7), expected: .seconds(1)),
        Grace(kill: .seconds(9), task: .seconds(7), expected: .seconds(9)),
        Grace(kill: .seconds(9), task: nil, expected: .seconds(9)),
    ])
    func waitsForTheGrace(grace: Grace) {
        var agent = running { task in
            if let own = grace.task { task.killPolicy.gracePeriod.nanoseconds = own.clampedNanoseconds }
        }
        agent.kill("t1", grace: grace.kill)
        #expect(agent.signals == [agent.container("t1")])
        agent.run(for: grace.expected - .milliseconds(1))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .milliseconds(1))
        #expect(agent.destroyed == [agent.container("t1")])
    }

    @Test func forcesAtOnceWithoutGrace() {
        var agent = running()
        agent.kill("t1", grace: .zero)
        #expect(agent.signals.isEmpty)
        #expect(agent.destroyed == [agent.container("t1")])
    }

    @Test(arguments: [Int64.min, -1]) func takesANegativeGraceForNone(nanoseconds: Int64) {
        var agent = running()
        agent.kill("t1", grace: .nanoseconds(nanoseconds))
        #expect(agent.destroyed == [agent.container("t1")])
    }

    @Test func survivesAGraceBeyondTheEndOfTime() {
        var agent = running()
        agent.kill("t1", grace: .nanoseconds(Int64.max))
        agent.run(for: .seconds(70))
        #expect(agent.destroyed.isEmpty)
        agent.kill("t1", grace: .seconds(1))
        #expect(agent.destroyed == [agent.container("t1")])
    }

    @Test(arguments: [
        // (first grace, seconds until the second kill, its grace, seconds from the first kill to force)
        (60.0, 10.0, 20.0, 20.0), (60, 10, 5, 10), (5, 1, 60, 5), (5, 1, 0, 1),
    ])
    func aLaterKillOnlyShortens(first: Double, pause: Double, second: Double, force: Double) {
        var agent = running()
        let start = agent.now
        agent.kill("t1", grace: .seconds(first))
        agent.run(for: .seconds(pause))
        agent.kill("t1", grace: .seconds(second))
        agent.run(for: .seconds(force) - (agent.now - start) - .milliseconds(1))
        #expect(agent.destroyed.isEmpty || force == pause)
        agent.run(for: .seconds(force) - (agent.now - start))
        #expect(agent.destroyed.first == agent.container("t1"))
        #expect(agent.signals.count == 1)
    }

    @Test func triesAgainUntilTheContainerEndsAndBlocksNobody() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1"), .sample("t2")])
        agent.launched(agent.container("t1"))
        agent.launched(agent.container("t2"))
        agent.kill("t1", grace: .zero)
        agent.run(for: .seconds(2))
        #expect(agent.destroyed.filter { $0 == agent.container("t1") }.count == 3)
        agent.kill("t2", grace: .zero)
        #expect(agent.destroyed.last == agent.container("t2"))
        agent.ended(agent.container("t1"), 9)
        let before = agent.destroyed.count
        agent.ended(agent.container("t2"), 9)
        agent.run(for: .seconds(5))
        #expect(agent.destroyed.count == before)
    }

    @Test(arguments: [
        (Int32(0), true), (0, false), (15, true), (9, false), (3 << 8, true),
    ])
    func isKilledWhateverTheStatus(waitStatus: Int32, hasKilling: Bool) {
        var agent = running(capabilities: hasKilling ? [.taskKillingState] : [])
        agent.kill("t1")
        agent.kill("t1")
        agent.ended(agent.container("t1"), waitStatus)
        agent.acknowledgeAll()
        let killing: [Mesos_V1_TaskState] = hasKilling ? [.taskKilling] : []
        #expect(agent.states("t1") == [.taskStarting, .taskRunning] + killing + [.taskKilled])
    }

    @Test func stopsALaunch() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.kill("t1")
        #expect(agent.destroyed == [agent.container("t1")])
        agent.handle(.containerLaunchFailed(agent.container("t1"), message: "stopped"))
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [.taskKilled])
        #expect(agent.last("t1")?.reason == .taskKilledDuringLaunch)
    }

    @Test func killsAContainerThatWasLaunchedAllTheSame() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.kill("t1")
        agent.launched(agent.container("t1"))
        agent.run(for: .seconds(1))
        #expect(agent.destroyed.count == 2)
        agent.ended(agent.container("t1"), 9)
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [.taskKilled])
    }

    @Test(arguments: ["", "never-was", "bad/id", String(repeating: "x", count: 300)])
    func ignoresUnknownTasks(task: String) {
        var agent = running()
        agent.kill(task)
        #expect(agent.signals.isEmpty && agent.destroyed.isEmpty && agent.states(task).isEmpty)
    }

    private func running(
        capabilities: [Mesos_V1_FrameworkInfo.Capability.TypeEnum] = [],
        _ change: (inout Mesos_V1_TaskInfo) -> Void = { _ in }
    ) -> CoreHarness {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1", change)], by: .sample(capabilities))
        agent.launched(agent.container("t1"))
        agent.acknowledgeAll()
        agent.effects = []
        return agent
    }
}
