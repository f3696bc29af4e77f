import AgentCore
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages
import Testing

/// How custom executors and their tasks end.
@Suite struct ExecutorEndTests {
    @Test(arguments: [
        (true, true, Mesos_V1_TaskState.taskFailed), (true, false, .taskFailed), (false, true, .taskDropped), (false, false, .taskLost),
    ])
    func leavesItsTasks(isDelivered: Bool, isPartitionAware: Bool, state: Mesos_V1_TaskState) {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"], by: .sample(isPartitionAware ? [.partitionAware] : []))
        let container = agent.executorContainer
        agent.launched(container)
        if isDelivered { agent.subscribeExecutor(1) }
        agent.ended(container, 3 << 8)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [state])
        #expect(agent.last("a")?.reason == .executorTerminated)
        #expect(agent.last("a")?.source == .agent)
        #expect(agent.exits == [3 << 8])
        #expect(agent.closed == (isDelivered ? [1] : []))
        #expect(agent.core.executors.isEmpty && agent.core.frameworks.isEmpty && agent.disk.executors.isEmpty)
    }

    @Test func saysThatMemoryRanOut() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.ended(agent.executorContainer, 9, .memory(limitBytes: 32 << 20))
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.last("a")?.reason == .containerLimitationMemory)
    }

    @Test func saysThatTheLaunchFailed() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        agent.handle(.containerLaunchFailed(agent.executorContainer, message: "no such image"))
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.last("a")?.reason == .containerLaunchFailed)
        #expect(agent.exits == [-1])
    }

    @Test func mustSubscribeInTime() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        let container = agent.executorContainer
        agent.run(for: .seconds(61))
        agent.event(.heartbeat)
        #expect(agent.destroyed.isEmpty, "the launch is not part of its time")
        agent.launched(container)
        agent.run(for: .seconds(59))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .seconds(1.5))
        #expect(agent.destroyed == [container])
        agent.run(for: .seconds(1))
        #expect(agent.destroyed == [container, container], "until it is dead")
        agent.ended(container, 9)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.last("a")?.reason == .executorRegistrationTimeout)
        #expect(agent.exits == [9])
    }

    @Test func takesAWholeGroupAlongThatWaits() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a", "b"], isGroup: true)
        agent.launchCustom(["other"])
        let container = agent.executorContainer
        agent.launched(container)
        agent.kill("a")
        agent.acknowledgeAll()
        for task in ["a", "b"] {
            #expect(agent.states(task) == [.taskKilled])
            #expect(agent.last(task)?.reason == .taskKilledDuringLaunch)
            #expect(agent.last(task)?.source == .agent)
        }
        #expect(agent.states("other").isEmpty && agent.destroyed.isEmpty)
        agent.subscribeExecutor(1)
        #expect(agent.events(1).filter { $0.type == .launch }.map(\.launch.task.taskID.value) == ["other"])
    }

    @Test func endsAnExecutorThatNeverGotATask() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        let container = agent.executorContainer
        agent.launched(container)
        agent.kill("a")
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        #expect(agent.exits == [9])
    }

    @Test func passesAKillOn() throws {
        var agent = CoreHarness.withExecutor(["a"])
        agent.kill("a")
        agent.kill("a", grace: .seconds(7))
        let kills = agent.events(1).filter { $0.type == .kill }.map(\.kill)
        #expect(kills.map(\.taskID.value) == ["a", "a"])
        #expect(kills.first?.hasKillPolicy == false)
        #expect(kills.last?.killPolicy.gracePeriod.nanoseconds == 7_000_000_000)
        agent.run(for: .seconds(100))
        #expect(agent.destroyed.isEmpty && agent.signals.isEmpty, "how its tasks end is the executor's affair")
        agent.effects = []
        agent.subscribeExecutor(2, tasks: ["a"])
        #expect(agent.eventTypes(2) == [.subscribed, .kill])
    }

    @Test func endsInItsGrace() {
        var agent = CoreHarness.withExecutor(["a"])
        let container = agent.executorContainer
        agent.shutdownExecutor()
        #expect(agent.eventTypes(1) == [.shutdown])
        agent.update(.made("a", .taskKilled))
        agent.run(for: .seconds(4))
        #expect(agent.destroyed.isEmpty)
        agent.ended(container, 0)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskKilled])
        #expect(agent.exits == [0])
        agent.run(for: .seconds(60))
        #expect(agent.destroyed.isEmpty)
    }

    @Test func isKilledAfterItsGrace() {
        var agent = CoreHarness.withExecutor(["a"])
        let container = agent.executorContainer
        agent.shutdownExecutor()
        agent.launchCustom(["late"])
        #expect(agent.states("late") == [.taskDropped])
        #expect(agent.last("late")?.reason == .executorTerminated)
        agent.run(for: .seconds(5.1))
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.last("a")?.reason == .executorTerminated)
    }

    @Test func isToldToEndWhenItSubscribesLate() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        agent.launched(agent.executorContainer)
        agent.shutdownExecutor()
        agent.subscribeExecutor(1)
        #expect(agent.eventTypes(1) == [.shutdown])
    }

    @Test func endsWithItsFramework() {
        var agent = CoreHarness.withExecutor(["a"])
        let container = agent.executorContainer
        agent.event(.shutdownFramework) { $0.shutdownFramework.frameworkID.value = "framework" }
        #expect(agent.eventTypes(1) == [.shutdown])
        #expect(agent.core.executors.isEmpty && agent.core.tasks.isEmpty && agent.disk.executors.isEmpty)
        agent.update(.made("a", .taskKilled))
        #expect(agent.answers == [202])
        #expect(agent.sent.isEmpty)
        agent.subscribeExecutor(2)
        #expect(agent.eventTypes(2) == [.shutdown])
        agent.run(for: .seconds(5.1))
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        #expect(agent.exits.isEmpty)
        #expect(agent.closed.contains(2))
        agent.effects = []
        agent.update(.made("a", .taskKilled))
        #expect(agent.answers == [400])
    }

    @Test func endsWithTheAgent() {
        var agent = CoreHarness.withExecutor(["a"])
        let container = agent.executorContainer
        agent.event(.shutdown) { $0.shutdown.message = "marked gone" }
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        #expect(agent.states("a") == [.taskGone])
        let reasons = agent.effects.compactMap { if case .abort(let reason) = $0 { reason } else { nil } }
        #expect(reasons == ["marked gone"])
    }

    @Test func endsTheTasksOfADefaultExecutorToo() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        let container = agent.container("a")
        agent.event(.shutdownExecutor) {
            $0.shutdownExecutor.frameworkID.value = "framework"
            $0.shutdownExecutor.executorID.value = "pod"
        }
        #expect(agent.signals == [container])
        agent.ended(container, 15)
        agent.acknowledgeAll()
        #expect(agent.states("a").last == .taskKilled)
        #expect(agent.destroyed == [container.root])
    }
}
