import AgentCore
import Cluster
import MesosMessages
import SwiftProtobuf
import Testing

/// Tasks that are launched together in one executor.
@Suite struct GroupTests {
    @Test func putsEachTaskIntoAContainerBelowTheExecutors() throws {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a"), .sample("b")])
        let root = try #require(agent.launches.first)
        #expect(agent.launches.count == 1)
        #expect(root.command == nil)
        #expect(root.limits == ContainerLimits(cpus: 1100, memoryBytes: 128 << 20))
        #expect(agent.states("a").isEmpty)
        agent.launched(root.id)
        #expect(agent.states("a") == [.taskStarting])
        let nested = agent.launches.dropFirst()
        #expect(nested.map(\.id.parent) == [root.id, root.id])
        #expect(nested.allSatisfy { $0.sharesCgroup && $0.sandbox == "\(root.sandbox)/containers/\($0.id.value)" })
        #expect(nested.first?.links.map(\.path) == ["\(root.sandbox)/tasks/a"])
        #expect(nested.first?.links.map(\.target) == ["../containers/\(agent.container("a").value)"])
        agent.acknowledgeAll()
        for launch in nested { agent.launched(launch.id) }
        agent.acknowledgeAll()
        #expect(agent.states("b") == [.taskStarting, .taskRunning])
        #expect(agent.last("b")?.executorID.value == "pod")
        #expect(agent.last("b")?.containerStatus.containerID.parent.value == root.id.value)
        #expect(agent.last("b")?.containerStatus.hasExecutorPid == true)
    }

    /// As in Mesos, where a group's ends are looked at when all of it was launched: else it would depend on luck whether
    /// its framework hears that a task ran.
    @Test func tellsThatATaskRanWhoseGroupFailedBeforeItsLaunchWasDone() {
        var agent = launchedHalf()
        #expect(agent.destroyed.isEmpty)
        agent.launched(agent.container("b"))
        agent.acknowledgeAll()
        #expect(agent.states("b") == [.taskStarting, .taskRunning, .taskKilling])
        #expect(agent.signals == [agent.container("b")])
        agent.ended(agent.container("b"), 15)
        agent.acknowledgeAll()
        #expect(agent.states("b").last == .taskKilled)
    }

    @Test func doesNotWaitForALaunchLongerThanForAKill() {
        var agent = launchedHalf()
        agent.run(for: .seconds(3))
        #expect(agent.destroyed == [agent.container("b")])
        agent.handle(.containerLaunchFailed(agent.container("b"), message: "destroyed"))
        agent.acknowledgeAll()
        #expect(agent.states("b") == [.taskStarting, .taskKilled])
        #expect(agent.last("b")?.reason == .taskKilledDuringLaunch)
    }

    /// A group of which one has run and failed while the other is being launched.
    private func launchedHalf() -> CoreHarness {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a"), .sample("b")], by: .sample([.partitionAware, .taskKillingState]))
        if let root = agent.launches.first { agent.launched(root.id) }
        agent.launched(agent.container("a"))
        agent.effects = []
        agent.ended(agent.container("a"), 4 << 8)
        agent.acknowledgeAll()
        return agent
    }

    /// What happens to a group of three, and what its framework is told at last.
    struct Course: Sendable, CustomTestStringConvertible {
        let name: String
        let act: @Sendable (inout CoreHarness) -> Void
        let a: Mesos_V1_TaskState
        let b: Mesos_V1_TaskState

        var testDescription: String { name }
    }

    static let courses = [
        Course(
            name: "one finishes, the other goes on",
            act: { $0.ended($0.container("a"), 0) },
            a: .taskFinished,
            b: .taskRunning
        ),
        Course(
            name: "one fails, the other is killed",
            act: {
                $0.ended($0.container("a"), 4 << 8)
                $0.ended($0.container("b"), 15)
            },
            a: .taskFailed,
            b: .taskKilled
        ),
        Course(
            name: "one is killed from outside, so is the other",
            act: {
                $0.ended($0.container("a"), 9)
                $0.ended($0.container("b"), 0)
            },
            a: .taskFailed,
            b: .taskKilled
        ),
        Course(
            name: "a kill of one kills both",
            act: {
                $0.kill("a")
                $0.ended($0.container("b"), 15)
                $0.ended($0.container("a"), 0)
            },
            a: .taskKilled,
            b: .taskKilled
        ),
        Course(
            name: "what finished before stays finished",
            act: {
                $0.ended($0.container("a"), 0)
                $0.kill("b")
                $0.ended($0.container("b"), 15)
            },
            a: .taskFinished,
            b: .taskKilled
        ),
        Course(
            name: "the executor's container ends",
            act: { $0.ended($0.container("a").root, 9) },
            a: .taskFailed,
            b: .taskFailed
        ),
        Course(
            name: "the executor's container needs too much memory",
            act: { $0.ended($0.container("a").root, 9, .memory(limitBytes: 1 << 20)) },
            a: .taskFailed,
            b: .taskFailed
        ),
    ]

    @Test(arguments: courses) func followsTheRulesOfGroups(course: Course) {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a"), .sample("b")])
        course.act(&agent)
        agent.acknowledgeAll()
        #expect(agent.states("a").last == course.a)
        #expect(agent.states("b").last == course.b)
    }

    @Test func endsTheExecutorAfterTheLastAcknowledgement() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a"), .sample("b")])
        let root = agent.container("a").root
        agent.ended(agent.container("a"), 0)
        agent.ended(agent.container("b"), 0)
        #expect(agent.destroyed.isEmpty)
        agent.acknowledgeAll()
        #expect(agent.destroyed == [root])
        agent.ended(root, 9)
        #expect(agent.executorExits.map(\.status) == [0])
        #expect(agent.core.executors.isEmpty && agent.disk.executors.isEmpty)
    }

    @Test func endsTheExecutorWithoutAcknowledgementAfterAMinute() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        let root = agent.container("a").root
        agent.ended(agent.container("a"), 0)
        agent.run(for: .seconds(59))
        #expect(agent.destroyed.isEmpty)
        agent.run(for: .seconds(1))
        #expect(agent.destroyed == [root])
        agent.ended(root, 9)
        #expect(agent.core.tasks.count == 1, "the update is still to be acknowledged")
        agent.acknowledgeAll()
        #expect(agent.core.tasks.isEmpty)
    }

    @Test func runsASecondGroupInTheSameExecutorAndKeepsGroupsApart() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a"), .sample("b")])
        agent.launchGroup([.sample("c")])
        #expect(agent.launches.map(\.id.depth) == [2])
        let updates = agent.effects.compactMap { if case .update(_, let limits) = $0 { limits } else { nil } }
        #expect(updates == [ContainerLimits(cpus: 1600, memoryBytes: 160 << 20)])
        agent.launched(agent.container("c"))
        agent.ended(agent.container("a"), 1 << 8)
        agent.ended(agent.container("b"), 15)
        agent.acknowledgeAll()
        #expect(agent.states("b").last == .taskKilled)
        #expect(agent.states("c").last == .taskRunning)
        // What ended tasks had is the executor's no more: the master offers it to others.
        let last = agent.effects.compactMap { if case .update(_, let limits) = $0 { limits } else { nil } }.last
        #expect(last == ContainerLimits(cpus: 600, memoryBytes: 96 << 20))
        #expect(agent.destroyed.isEmpty)
    }

    @Test func keepsResultsOfABoundedNumberOfContainers() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("holder")])
        var first: ContainerID?
        for number in 0...AgentLimits.completedTasks {
            agent.launchGroup([.sample("t\(number)")])
            let container = agent.container("t\(number)")
            first = first ?? container
            agent.launched(container)
            agent.ended(container, 0)
            agent.acknowledgeAll()
        }
        let forgotten = agent.effects.compactMap { if case .forget(let id) = $0 { id } else { nil } }
        #expect(forgotten == [first])
        #expect(agent.core.history.tasks.count == AgentLimits.completedTasks)
    }

    @Test func failsAGroupWhoseExecutorDoesNotStart() {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a"), .sample("b")])
        agent.handle(.containerLaunchFailed(agent.container("a").root, message: "no cgroup"))
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskFailed] && agent.states("b") == [.taskFailed])
        #expect(agent.last("b")?.message == "no cgroup")
        #expect(agent.executorExits.map(\.status) == [-1])
    }

    @Test func killsTheRestWhenOneDoesNotStart() {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a"), .sample("b")])
        agent.launched(agent.container("a").root)
        agent.launched(agent.container("b"))
        agent.handle(.containerLaunchFailed(agent.container("a"), message: "no such image"))
        #expect(agent.signals == [agent.container("b")])
        agent.ended(agent.container("b"), 15)
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskStarting, .taskFailed])
        #expect(agent.states("b") == [.taskStarting, .taskRunning, .taskKilled])
    }

    @Test func killsAGroupThatHasNotStarted() {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a"), .sample("b")])
        let root = agent.container("a").root
        agent.kill("a")
        agent.acknowledgeAll()
        #expect(agent.states("a") == [.taskKilled] && agent.states("b") == [.taskKilled])
        #expect(agent.last("b")?.reason == .taskKilledDuringLaunch)
        #expect(agent.destroyed == [root])
        agent.handle(.containerLaunchFailed(root, message: "stopped"))
        #expect(agent.executorExits.map(\.status) == [0])
        #expect(agent.core.executors.isEmpty)
    }

    @Test func endsAWholeGroupWhenOneTakesTooLong() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a") { $0.maxCompletionTime.nanoseconds = 1_000_000_000 }, .sample("b")])
        agent.run(for: .seconds(1))
        #expect(agent.destroyed == [agent.container("a")])
        #expect(agent.signals == [agent.container("b")])
        agent.ended(agent.container("a"), 9)
        agent.ended(agent.container("b"), 15)
        agent.acknowledgeAll()
        #expect(agent.last("a")?.reason == .maxCompletionTimeReached)
        #expect(agent.states("b").last == .taskKilled)
    }

    @Test func refusesAGroupAsAWhole() {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a"), .sample("b") { $0.healthCheck.type = .command }])
        agent.acknowledgeAll()
        #expect(agent.launches.isEmpty)
        for task in ["a", "b"] {
            #expect(agent.states(task) == [.taskError])
            #expect(agent.last(task)?.reason == .taskGroupInvalid)
            #expect(agent.last(task)?.message.contains("task \"b\": health_check") == true)
        }
        #expect(agent.core.frameworks.isEmpty && agent.disk.tasks.isEmpty)
    }

    @Test func refusesAnotherDescriptionOfARunningExecutor() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        var other = Mesos_V1_ExecutorInfo.sample()
        other.resources.append(.scalar("disk", 1))
        agent.launchGroup([.sample("b")], executor: other)
        #expect(agent.states("b") == [.taskError])
        #expect(agent.states("a").last == .taskRunning)
    }

    @Test(arguments: [(true, Mesos_V1_TaskState.taskDropped), (false, .taskLost)])
    func dropsAGroupThatMeetsAnEndingExecutor(isPartitionAware: Bool, state: Mesos_V1_TaskState) {
        var agent = CoreHarness.subscribed()
        let framework = Mesos_V1_FrameworkInfo.sample(isPartitionAware ? [.partitionAware] : [])
        agent.runGroup([.sample("a")], by: framework)
        agent.ended(agent.container("a"), 0)
        agent.acknowledgeAll()
        agent.launchGroup([.sample("b")], by: framework)
        #expect(agent.states("b") == [state])
        #expect(agent.last("b")?.reason == .executorTerminated)
    }

    /// Its end is under way to the master, which would take it for the end of a new one.
    @Test func dropsAGroupWhoseExecutorHasEnded() throws {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        let root = agent.container("a").root
        agent.ended(agent.container("a"), 0)
        agent.acknowledgeAll()
        agent.ended(root, 9)
        agent.effects = []
        agent.event(.launch) {
            $0.launch.framework = .sample()
            $0.launch.executor = .sample()
            $0.launch.tasks = [.sample("b")]
            $0.launch.isGroup = true
            $0.launch.executorRuns = true
        }
        #expect(agent.states("b") == [.taskDropped])
        #expect(agent.last("b")?.reason == .executorTerminated)
        #expect(agent.launches.isEmpty)
        agent.launchGroup([.sample("c")])
        #expect(agent.launches.count == 1)
    }

    @Test func givesATaskWithLimitsACgroupOfItsOwn() throws {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([
            .sample("a") { $0.limits = ["mem": .with { $0.value = 100 }, "cpus": .with { $0.value = Double.infinity }] },
            .sample("b") {
                $0.container = .with {
                    $0.type = .mesos; $0.linuxInfo.shareCgroups = false
                }
            },
        ])
        agent.launched(agent.container("a").root)
        let nested = agent.launches.dropFirst()
        #expect(nested.map(\.sharesCgroup) == [false, false])
        #expect(nested.map(\.limits.memoryBytes) == [100 << 20, 32 << 20])
        #expect(nested.map(\.limits.cpuLimit) == [nil, nil])
        #expect(agent.launches.first?.limits.memoryBytes == Int64(196) << 20)
    }
}

extension CoreHarness {
    var executorExits: [Agora_V1_AgentCall.ExecutorExited] {
        effects.compactMap { if case .send(_, let call) = $0, call.type == .executorExited { call.executorExited } else { nil } }
    }
}
