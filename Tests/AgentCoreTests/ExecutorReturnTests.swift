import AgentCore
import Cluster
import FoundationEssentials
import HashTreeCollections
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Executors that come back: after a broken stream, after a restart of the agent, or not at all; and calls that are wrong.
@Suite struct ExecutorReturnTests {
    @Test func closesTheOlderStream() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.subscribeExecutor(2, tasks: ["a"])
        #expect(agent.closed == [1])
        #expect(agent.eventTypes(2) == [.subscribed])
        agent.handle(.executorStreamClosed(StreamID(1)))
        agent.launchCustom(["b"])
        #expect(agent.events(2).last?.launch.task.taskID.value == "b", "the end of the older stream is no news")
    }

    @Test func bringsBackWhatWasNotAcknowledged() {
        var agent = CoreHarness.withExecutor(["a", "b", "lost"])
        agent.update(.made("a", .taskRunning))
        agent.handle(.executorStreamClosed(StreamID(1)))
        agent.update(.made("a", .taskFinished))
        agent.effects = []
        agent.subscribeExecutor(2, tasks: ["b"], updates: [.made("a", .taskRunning), .made("a", .taskFinished), .made("b", .taskRunning)])
        #expect(agent.eventTypes(2) == [.subscribed, .acknowledged, .acknowledged, .acknowledged])
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskRunning, .taskFinished])
        #expect(agent.states("b") == [.taskRunning])
        #expect(agent.states("lost") == [.taskDropped])
        #expect(agent.last("lost")?.reason == .agentRestarted)
    }

    @Test func dropsWhatCannotHaveBeenAnUpdate() {
        var agent = CoreHarness.withExecutor(["a"])
        var broken = Mesos_V1_TaskStatus.made("a", .taskRunning)
        broken.uuid = Data([1, 2, 3])
        agent.subscribeExecutor(2, tasks: ["a"], updates: [broken, .made("a", .taskStaging)])
        #expect(agent.eventTypes(2) == [.subscribed])
        #expect(agent.states("a").isEmpty)
        #expect(agent.core.executorCounters.invalidUpdates == 2)
    }

    @Test func survivesARestartOfTheAgent() {
        var old = CoreHarness.withExecutor(["a"], by: .checkpointing())
        old.update(.made("a", .taskRunning))
        old.handle(.executorStreamClosed(StreamID(1)))
        old.launchCustom(["queued"], by: .checkpointing())
        var agent = restart(old)
        #expect(agent.states("a") == [.taskRunning])
        agent.update(.made("a", .taskFinished))
        #expect(agent.answers.last == 403, "it must subscribe first")
        agent.effects = []
        agent.subscribeExecutor(5, updates: [.made("a", .taskRunning), .made("a", .taskFinished)])
        #expect(agent.eventTypes(5) == [.subscribed, .acknowledged, .acknowledged, .launch])
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskRunning, .taskFinished])
        agent.run(for: .seconds(100))
        #expect(agent.destroyed.isEmpty)
    }

    @Test func mustComeBackInTime() {
        let old = CoreHarness.withExecutor(["a"], by: .checkpointing())
        let container = old.executorContainer
        var agent = restart(old)
        agent.run(for: .seconds(1.9))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .seconds(0.2))
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.last("a")?.reason == .executorReregistrationTimeout)
    }

    @Test func hasTheWholeTimeIfItHadNotSubscribed() {
        var old = CoreHarness.subscribed()
        old.launchCustom(["a"], by: .checkpointing())
        old.launched(old.executorContainer)
        var agent = restart(old)
        agent.run(for: .seconds(59))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .seconds(2))
        agent.ended(agent.executorContainer, 9)
        #expect(agent.last("a")?.reason == .executorRegistrationTimeout)
    }

    @Test(arguments: [(true, Mesos_V1_TaskState.taskGone), (false, .taskDropped)])
    func endsWithTheAgentIfItsFrameworkWantsSo(isDelivered: Bool, state: Mesos_V1_TaskState) {
        var old = CoreHarness.subscribed()
        old.launchCustom(["a"])
        let container = old.executorContainer
        old.launched(container)
        if isDelivered { old.subscribeExecutor(1) }
        var agent = restart(old)
        #expect(agent.destroyed == [container])
        agent.ended(container, 9)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [state])
        #expect(agent.last("a")?.reason == .agentRestarted)
    }

    @Test func isToldOfIfItEndedMeanwhile() {
        let old = CoreHarness.withExecutor(["a"], by: .checkpointing())
        let agent = restart(old, .ended(ContainerExit(waitStatus: 1 << 8)))
        #expect(agent.states("a") == [.taskFailed])
        #expect(agent.last("a")?.reason == .executorTerminated)
    }

    private func restart(_ old: CoreHarness, _ state: FoundContainer.State = .running(pid: 7)) -> CoreHarness {
        var agent = CoreHarness(seed: 2)
        agent.now = old.now
        agent.disk = old.disk
        agent.recover(old.disk, [FoundContainer(id: old.executorContainer, state: state, isStandalone: false)])
        agent.handle(.start)
        agent.subscribe()
        return agent
    }

    // MARK: Calls that are wrong

    @Test func refusesStrangers() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.subscribeExecutor(2) { $0.executorID.value = "other" }
        agent.subscribeExecutor(3) { $0.frameworkID.value = "other" }
        #expect(agent.answers == [400, 400])
        agent.launch([.sample("command")])
        agent.subscribeExecutor(4) { $0.executorID.value = "command" }
        #expect(agent.answers == [400, 400, 400])
        #expect(agent.closed.isEmpty)
        agent.beat()
        #expect(agent.answers.last == 202)
    }

    @Test func refusesWhoHasNotSubscribed() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        agent.launched(agent.executorContainer)
        agent.update(.made("a", .taskRunning))
        agent.say("hello")
        #expect(agent.answers == [403, 403])
        #expect(agent.sent.isEmpty)
    }

    @Test(arguments: [
        ("framework", "exec", true, 200), ("framework", "exec", false, 403), ("x", "exec", true, 403), ("framework", "x", true, 403),
    ])
    func bindsATokenToItsContainer(framework: String, executor: String, isItsOwn: Bool, status: Int) {
        var agent = CoreHarness.withExecutor(["a"])
        let claims = ExecutorClaims(
            framework: FrameworkID(framework),
            executor: ExecutorID(executor),
            container: isItsOwn ? agent.executorContainer : ContainerID("earlier")
        )
        agent.subscribeExecutor(2, claims: claims)
        agent.update(.made("a", .taskRunning), claims: claims)
        #expect(agent.answers == [status, status == 200 ? 202 : status])
    }

    @Test(
        arguments: [
            ({ @Sendable (call: inout Mesos_V1_Executor_Call) in call.clearType() }, 400, "type"),
            ({ $0.type = .unknown }, 501, "type"),
            ({ $0.clearUpdate() }, 400, "update"),
            ({ $0.type = .subscribe }, 400, "subscribe"),
            ({ $0.type = .message }, 400, "message"),
            ({ $0.executorID.value = "" }, 400, "executor_id"),
            ({ $0.frameworkID.value = "../x" }, 400, "framework_id"),
            ({ $0.update.status.clearUuid() }, 400, "uuid"),
            ({ $0.update.status.uuid = Data(repeating: 1, count: 15) }, 400, "uuid"),
            ({ $0.update.status.executorID.value = "other" }, 400, "executor_id"),
            ({ $0.update.status.source = .agent }, 400, "source"),
            ({ $0.update.status.clearSource() }, 400, "source"),
            ({ $0.update.status.state = .taskStaging }, 400, "state"),
            ({ $0.update.status.state = .taskUnreachable }, 400, "state"),
            ({ $0.update.status.taskID.value = "" }, 400, "task_id"),
            ({ $0.update.status.data = Data(repeating: 1, count: ExecutorOptions.updateBytes) }, 400, "bytes"),
        ] as [(@Sendable (inout Mesos_V1_Executor_Call) -> Void, Int, String)]
    )
    func refusesCallsThatBreakARule(change: @Sendable (inout Mesos_V1_Executor_Call) -> Void, status: Int, word: String) throws {
        var call = Mesos_V1_Executor_Call.with {
            $0.type = .update
            $0.executorID.value = "exec"
            $0.frameworkID.value = "framework"
            $0.update.status = .made("a", .taskRunning)
        }
        try ExecutorCallValidation.check(call)
        change(&call)
        let refusal = #expect(throws: Refusal.self) { try ExecutorCallValidation.check(call) }
        #expect(refusal?.status == status)
        #expect(refusal?.message.contains(word) == true, "\(refusal?.message ?? "")")
    }
}
