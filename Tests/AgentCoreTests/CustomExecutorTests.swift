import AgentCore
import Cluster
import FoundationEssentials
import HashTreeCollections
import MesosAPI
import MesosMessages
import Testing

/// A custom executor from its launch to its end.
@Suite struct CustomExecutorTests {
    @Test func runsInItsContainerWithWhatItMustKnow() throws {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"], by: .checkpointing()) { $0.shutdownGracePeriod.nanoseconds = 1_500_000_000 }
        let launch = try #require(agent.launches.first)
        #expect(agent.launches.count == 1)
        #expect(launch.command?.value == "./executor")
        #expect(launch.limits == ContainerLimits(cpus: 600, memoryBytes: 96 << 20))
        #expect(launch.credential == ExecutorClaims(framework: CoreHarness.framework, executor: ExecutorID("exec"), container: launch.id))
        let variables = Dictionary(launch.agentVariables.map { ($0.name, $0.value) }) { $1 }
        let expected = [
            "MESOS_FRAMEWORK_ID": "framework", "MESOS_EXECUTOR_ID": "exec", "MESOS_SLAVE_ID": "S1",
            "MESOS_SLAVE_PID": "slave(1)@127.0.0.1:5051", "MESOS_AGENT_ENDPOINT": "127.0.0.1:5051",
            "MESOS_DIRECTORY": launch.sandbox, "MESOS_SANDBOX": launch.sandbox, "MESOS_CHECKPOINT": "1",
            "MESOS_HTTP_COMMAND_EXECUTOR": "0", "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD": "1.5secs",
            "MESOS_RECOVERY_TIMEOUT": "15mins", "MESOS_SUBSCRIPTION_BACKOFF_MAX": "2secs",
        ]
        for (name, value) in expected { #expect(variables[name] == value, "\(name)") }
        #expect(variables["MESOS_DOMAIN_SOCKET"] == nil)
    }

    @Test func learnsNothingOfRecoveryWithoutCheckpoints() throws {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        let names = Set(try #require(agent.launches.first).agentVariables.map(\.name))
        #expect(!names.contains("MESOS_RECOVERY_TIMEOUT") && !names.contains("MESOS_SUBSCRIPTION_BACKOFF_MAX"))
    }

    @Test(arguments: [false, true]) func findsTheSocketOfTheAgent(hasImage: Bool) throws {
        var configuration = CoreHarness.configuration
        configuration.executors.socketPath = "/run/agora/api/agent.sock"
        var agent = CoreHarness(configuration: configuration)
        agent.handle(.start)
        agent.subscribe()
        agent.launchCustom(["a"]) { info in
            guard hasImage else { return }
            info.container.type = .mesos
            info.container.mesos.image.type = .docker
            info.container.mesos.image.docker.name = "busybox"
        }
        let launch = try #require(agent.launches.first)
        let path = launch.agentVariables.first { $0.name == "MESOS_DOMAIN_SOCKET" }?.value
        #expect(path == (hasImage ? "/mnt/mesos/agent/agent.sock" : "/run/agora/api/agent.sock"))
        #expect(launch.volumes.map(\.source) == (hasImage ? [.host("/run/agora/api")] : []))
        #expect(launch.volumes.map(\.containerPath) == (hasImage ? ["/mnt/mesos/agent"] : []))
        #expect(launch.volumes.allSatisfy { $0.isReadOnly })
    }

    @Test(arguments: [
        (Int64(5_000_000_000), "5secs"), (900_000_000_000, "15mins"), (1_500_000_000, "1.5secs"), (0, "0ns"), (2_000_000, "2ms"),
        (90_000_000_000, "1.5mins"), (86_400_000_000_000, "1days"),
    ])
    func writesDurationsAsMesosDoes(nanoseconds: Int64, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).mesosText == text)
    }

    @Test func getsItsTasksWhenItSubscribes() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        agent.launchCustom(["b", "c"], isGroup: true)
        agent.launched(agent.executorContainer, pid: 42)
        #expect(agent.launches.count == 1)
        #expect(agent.core.tasks.values.allSatisfy { $0.phase == .waiting })
        agent.subscribeExecutor(1)
        #expect(agent.answers == [200])
        #expect(agent.eventTypes(1) == [.subscribed, .launch, .launchGroup])
        let events = agent.events(1)
        #expect(events[0].subscribed.containerID.value == agent.executorContainer.value)
        #expect(events[0].subscribed.executorInfo == .custom)
        #expect(events[0].subscribed.frameworkInfo.id.value == "framework")
        #expect(events[0].subscribed.agentInfo.id.value == "S1")
        #expect(events[1].launch.task.taskID.value == "a")
        #expect(events[2].launchGroup.taskGroup.tasks.map(\.taskID.value) == ["b", "c"])
        #expect(agent.core.tasks.values.allSatisfy { $0.phase == .running(pid: 42) })
        #expect(agent.disk.tasks.allSatisfy { $0.isDelivered })
        agent.launchCustom(["d"])
        #expect(agent.events(1).last?.launch.task.taskID.value == "d")
    }

    @Test func mayBeFasterThanTheReportOfItsLaunch() {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"])
        agent.subscribeExecutor(1)
        #expect(agent.eventTypes(1) == [.subscribed, .launch])
        agent.launched(agent.executorContainer, pid: 42)
        agent.run(for: .seconds(120))
        #expect(agent.destroyed.isEmpty)
        #expect(agent.core.executors[CoreHarness.executor]?.stage == .running)
    }

    @Test func tellsItsTasksLives() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.update(.made("a", .taskRunning))
        #expect(agent.answers == [202])
        #expect(agent.eventTypes(1) == [.acknowledged])
        #expect(agent.events(1).first?.acknowledged.uuid == Mesos_V1_TaskStatus.made("a", .taskRunning).uuid)
        let status = agent.last("a")
        #expect(status?.agentID.value == "S1" && status?.executorID.value == "exec" && status?.source == .executor)
        #expect((status?.timestamp ?? 0) > 0)
        #expect(status?.containerStatus.containerID.value == agent.executorContainer.value)
        #expect(status?.containerStatus.executorPid == 100)
        agent.update(.made("a", .taskFinished))
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskRunning, .taskFinished])
        #expect(agent.core.tasks.isEmpty && agent.disk.tasks.isEmpty)
        agent.run(for: .seconds(600))
        #expect(agent.destroyed.isEmpty, "an executor without tasks is left alone")
    }

    @Test func keepsTheTimestampOfTheExecutor() {
        var agent = CoreHarness.withExecutor(["a"])
        var status = Mesos_V1_TaskStatus.made("a", .taskRunning)
        status.timestamp = 12345.5
        agent.update(status)
        #expect(agent.last("a")?.timestamp == 12345.5)
        var broken = Mesos_V1_TaskStatus.made("a", .taskRunning, 2)
        broken.timestamp = .nan
        agent.acknowledgeAll()
        agent.update(broken)
        #expect(agent.last("a")?.timestamp == agent.now.seconds)
    }

    @Test(arguments: [
        Mesos_V1_TaskStatus.made("unknown", .taskRunning), .made("ended", .taskRunning, 9), .made("ended", .taskFailed, 9),
    ])
    func acknowledgesAndDropsWhatHasNoMeaning(status: Mesos_V1_TaskStatus) {
        var agent = CoreHarness.withExecutor(["a", "ended"])
        agent.update(.made("ended", .taskFinished))
        agent.acknowledgeAll()
        agent.sent = []
        agent.effects = []
        agent.update(status)
        #expect(agent.answers == [202])
        #expect(agent.eventTypes(1) == [.acknowledged])
        #expect(agent.sent.isEmpty)
        #expect(agent.core.executorCounters.invalidUpdates == 1)
    }

    @Test func storesAnUpdateOnce() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.update(.made("a", .taskRunning))
        agent.update(.made("a", .taskRunning))
        #expect(agent.eventTypes(1) == [.acknowledged, .acknowledged])
        #expect(agent.disk.tasks.first?.updates.count == 1)
    }

    @Test func tellsAnExecutorToWaitThatTalksTooMuch() {
        var agent = CoreHarness.withExecutor(["a"])
        for number in 0..<ExecutorOptions.pendingUpdates {
            var status = Mesos_V1_TaskStatus.made("a", .taskRunning)
            status.uuid = Data([UInt8(number % 256), UInt8(number / 256)] + [UInt8](repeating: 1, count: 14))
            agent.update(status)
        }
        agent.effects = []
        agent.update(.made("a", .taskRunning, 99))
        #expect(agent.answers == [503])
        agent.update(.made("a", .taskFinished))
        #expect(agent.answers == [503, 202])
        agent.acknowledgeAll()
        #expect(agent.states("a").last == .taskFinished)
    }

    @Test func keepsFewUpdatesThatWereAcknowledged() {
        var agent = CoreHarness.withExecutor(["a"])
        for number in 0..<100 {
            agent.update(.made("a", .taskRunning, UInt8(number)))
            if let update = agent.sent.last { agent.acknowledge(update) }
        }
        #expect(agent.core.tasks.values.first?.stored.updates.count == AgentLimits.keptUpdates)
        #expect(agent.disk.tasks.first?.updates.count == AgentLimits.keptUpdates)
        agent.update(.made("a", .taskFinished))
        agent.acknowledgeAll()
        #expect(agent.core.tasks.isEmpty)
    }

    @Test func growsAndShrinksWithItsTasks() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.launchCustom(["b"])
        let updates: [ContainerLimits] = agent.effects.compactMap { if case .update(_, let limits) = $0 { limits } else { nil } }
        #expect(updates == [ContainerLimits(cpus: 1100, memoryBytes: 128 << 20)])
        agent.effects = []
        agent.update(.made("b", .taskFinished))
        let after: [ContainerLimits] = agent.effects.compactMap { if case .update(_, let limits) = $0 { limits } else { nil } }
        #expect(after == [ContainerLimits(cpus: 600, memoryBytes: 128 << 20)], "memory is not taken back")
    }

    @Test func passesMessagesOn() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.event(.message) { event in
            event.message.frameworkID.value = "framework"
            event.message.executorID.value = "exec"
            event.message.data = Data("down".utf8)
        }
        #expect(agent.events(1).first?.message.data == Data("down".utf8))
        agent.say("up")
        let calls = agent.effects.compactMap { if case .send(_, let call) = $0 { call } else { nil } }
        #expect(calls.last?.message.data == Data("up".utf8) && calls.last?.message.executorID.value == "exec")
        agent.handle(.executorStreamClosed(StreamID(1)))
        agent.effects = []
        agent.event(.message) { event in
            event.message.frameworkID.value = "framework"
            event.message.executorID.value = "exec"
            event.message.data = Data("down".utf8)
        }
        #expect(agent.events(1).isEmpty)
        #expect(agent.core.executorCounters.invalidMessages == 1)
    }

    @Test func hearsThatTheAgentLives() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.run(for: .seconds(3 * 1800))
        #expect(agent.eventTypes(1).filter { $0 == .heartbeat }.count == 3)
        for stream in 2..<20 { agent.subscribeExecutor(UInt64(stream), tasks: ["a"]) }
        agent.effects = []
        agent.run(for: .seconds(1800))
        #expect(agent.eventTypes(19) == [.heartbeat])
    }

    @Test func isShownToTheMaster() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.run(for: .seconds(20))
        let call = agent.subscribeCalls.last?.subscribe
        #expect(call?.executors.map(\.executor.executorID.value) == ["exec"])
        #expect(call?.tasks.first?.executorID.value == "exec")
    }

    @Test(
        arguments: [
            ({ @Sendable (info: inout Mesos_V1_ExecutorInfo) in info.clearCommand() }, "executor.command"),
            ({ $0.shutdownGracePeriod.nanoseconds = -1 }, "executor.shutdown_grace_period"),
            ({ $0.container.type = .docker }, "executor.container.type"),
            ({ $0.executorID.value = "a/b" }, "executor.executor_id"),
            ({ $0.resources = [.scalar("gpus", 0.5)] }, "resources"),
        ] as [(@Sendable (inout Mesos_V1_ExecutorInfo) -> Void, String)]
    )
    func isRefusedIfItCannotBeBuilt(change: @Sendable (inout Mesos_V1_ExecutorInfo) -> Void, word: String) {
        var agent = CoreHarness.subscribed()
        agent.launchCustom(["a"], change)
        agent.acknowledgeAll()
        #expect(agent.launches.isEmpty)
        #expect(agent.states("a") == [.taskError])
        #expect(agent.last("a")?.message.contains(word) == true, "\(agent.last("a")?.message ?? "")")
    }

    @Test func isRefusedIfAnotherOfThisNameRuns() {
        var agent = CoreHarness.withExecutor(["a"])
        agent.launchCustom(["b"]) { $0.command.value = "./other" }
        #expect(agent.states("b") == [.taskError])
        #expect(agent.eventTypes(1).isEmpty)
    }

    @Test func updatesWhatItKnowsOfItsFramework() {
        var agent = CoreHarness.withExecutor(["a"])
        var info = Mesos_V1_FrameworkInfo.checkpointing()
        info.name = "renamed"
        agent.event(.updateFramework) { $0.updateFramework.framework = info }
        #expect(agent.core.frameworks[CoreHarness.framework]?.info == info)
        #expect(agent.disk.frameworks[CoreHarness.framework] == info)
    }
}
