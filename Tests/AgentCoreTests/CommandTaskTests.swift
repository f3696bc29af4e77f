import AgentCore
import Cluster
import MesosMessages
import Testing

/// A task of its own: one container, told of from start to end.
@Suite struct CommandTaskTests {
    @Test func runsInAContainerOfItsOwn() throws {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1") { $0.command.user = "nobody" }])
        let launch = try #require(agent.launches.first)
        #expect(launch.id.depth == 1)
        #expect(launch.sandbox == "/work/slaves/S1/frameworks/framework/executors/t1/runs/\(launch.id)")
        #expect(launch.links.map(\.path) == ["/work/slaves/S1/frameworks/framework/executors/t1/runs/latest"])
        #expect(launch.links.map(\.target) == [launch.id.value])
        #expect(launch.user.user(imageUser: nil) == "nobody")
        #expect(launch.limits == ContainerLimits(cpus: 500, memoryBytes: 32 << 20))
        let variables = Dictionary(launch.agentVariables.map { ($0.name, $0.value) }) { $1 }
        #expect(variables["MESOS_TASK_ID"] == "t1")
        #expect(variables["MESOS_SANDBOX"] == launch.sandbox)
        #expect(variables["MESOS_ALLOCATION_ROLE"] == "eng")
        #expect(variables["MESOS_FRAMEWORK_ID"] == "framework")
    }

    @Test(arguments: [
        (Int32(0), Mesos_V1_TaskState.taskFinished, "Command exited with status 0"),
        (3 << 8, .taskFailed, "Command exited with status 3"),
        (127 << 8, .taskFailed, "Command exited with status 127"),
        (9, .taskFailed, "Command terminated with signal Killed"),
        (15, .taskFailed, "Command terminated with signal Terminated"),
        (11 | 0x80, .taskFailed, "Command terminated with signal Segmentation fault"),
    ])
    func tellsHowItEnded(waitStatus: Int32, state: Mesos_V1_TaskState, message: String) {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"), pid: 42)
        agent.ended(agent.container("t1"), waitStatus)
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [.taskStarting, .taskRunning, state])
        #expect(agent.last("t1")?.message == message)
        #expect(agent.last("t1")?.source == .executor)
        #expect(agent.last("t1")?.hasReason == false)
        #expect(agent.core.tasks.isEmpty)
        #expect(agent.core.executors.isEmpty)
        #expect(agent.disk.tasks.isEmpty)
        #expect(agent.disk.frameworks.isEmpty)
        #expect(agent.core.history.tasks.count == 1)
    }

    @Test func showsTheContainerInEveryUpdate() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        let container = agent.container("t1")
        agent.launched(container, pid: 42)
        agent.ended(container, 0)
        agent.acknowledgeAll()
        for update in agent.sent {
            let shown = update.status.containerStatus
            #expect(shown.containerID.value == container.value)
            #expect(shown.executorPid == 42)
            #expect(shown.networkInfos.first?.ipAddresses.first?.ipAddress == "127.0.0.1")
            #expect(update.status.executorID.value == "t1")
            #expect(update.status.agentID.value == "S1")
            #expect(update.status.timestamp > 0)
            #expect(update.status.uuid.count == 16)
        }
    }

    @Test func saysThatMemoryRanOut() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"))
        agent.ended(agent.container("t1"), 9, .memory(limitBytes: 32 << 20))
        agent.acknowledgeAll()
        let status = agent.last("t1")
        #expect(status?.state == .taskFailed)
        #expect(status?.reason == .containerLimitationMemory)
        #expect(status?.source == .agent)
        #expect(status?.limitation.resources.first?.scalar.value == 32)
    }

    @Test func saysThatTheLaunchFailed() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.handle(.containerLaunchFailed(agent.container("t1"), message: "no such image"))
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [.taskFailed])
        #expect(agent.last("t1")?.reason == .containerLaunchFailed)
        #expect(agent.last("t1")?.message == "no such image")
        #expect(agent.core.executors.isEmpty)
    }

    @Test func saysNothingOfItsExecutorToTheMaster() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"))
        agent.ended(agent.container("t1"), 0)
        agent.acknowledgeAll()
        let exits = agent.effects.filter { if case .send(_, let call) = $0 { call.type == .executorExited } else { false } }
        #expect(exits.isEmpty)
    }

    @Test func endsATaskThatTakesTooLong() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1") { $0.maxCompletionTime.nanoseconds = 5_000_000_000 }], by: .sample([.taskKillingState]))
        let container = agent.container("t1")
        agent.launched(container)
        agent.run(for: .seconds(4.9))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .seconds(0.1))
        #expect(agent.destroyed == [container])
        #expect(agent.signals.isEmpty)
        agent.ended(container, 9)
        agent.acknowledgeAll()
        #expect(agent.states("t1") == [.taskStarting, .taskRunning, .taskFailed])
        #expect(agent.last("t1")?.reason == .maxCompletionTimeReached)
    }

    @Test func ignoresASecondLaunchOfTheSameTask() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.launch([.sample("t1"), .sample("t2")])
        #expect(agent.launches.count == 2)
        #expect(agent.core.tasks.count == 2)
    }
}
