import AgentCore
import Cluster
import Foundation
import MesosMessages
import Testing

/// What is kept of tasks that have ended goes to the disk together with the last update of each.
@Suite struct EndedTaskTests {
    private static func kept(_ agent: CoreHarness) -> [EndedTask] {
        agent.effects.compactMap { if case .persist(.putEndedTask(let task)) = $0 { task } else { nil } }
    }

    /// The limits of the last removal.
    private static func trimmed(_ agent: CoreHarness) -> (count: Int, since: Timestamp)? {
        agent.effects.reduce(nil) { if case .persist(.trimEndedTasks(let count, let since)) = $1 { (count, since) } else { $0 } }
    }

    @Test func theEndGoesWithTheUpdate() throws {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1") { $0.name = "web" }])
        let container = agent.container("t1")
        agent.launched(container)
        var exit = ContainerExit(waitStatus: 3 << 8)
        exit.lastOutput = [ContainerExit.OutputEnd(name: "stdout", size: 3, bytes: Array("bye".utf8))]
        agent.handle(.containerEnded(container, exit))
        let task = try #require(Self.kept(agent).first)
        #expect(task.key.task == TaskID("t1") && task.name == "web" && task.container == container && task.exit == exit)
        #expect(task.status.state == .taskFailed && task.status.message == "Command exited with status 3")
        #expect(task.started != nil && task.started ?? task.ended <= task.ended)
        let order = agent.effects.compactMap { effect -> String? in
            switch effect {
            case .persist(.putUpdate(_, _, let update)) where update.status.state == .taskFailed: "update"
            case .persist(.putEndedTask): "end"
            case .persist(.trimEndedTasks): "trim"
            default: nil
            }
        }
        #expect(order.suffix(3) == ["update", "end", "trim"])
        let trimmed = try #require(Self.trimmed(agent))
        #expect(trimmed.count == EndedTaskLimits().count && task.ended - trimmed.since == EndedTaskLimits().age)
        agent.acknowledgeAll()
        #expect(Self.kept(agent).count == 1)
    }

    @Test func whatAnExecutorSentAlongIsNotKept() throws {
        var status = Mesos_V1_TaskStatus()
        status.data = Data(count: 1_000_000)
        status.message = String(repeating: "é", count: 10_000)
        status.state = .taskFinished
        let key = TaskKey(framework: FrameworkID("f"), task: TaskID("t"))
        let kept = EndedTask(key: key, name: "", status: status, ended: Timestamp(nanoseconds: 0))
        #expect(kept.status.data.isEmpty && kept.status.message.utf8.count <= AgentLimits.endedTaskMessageBytes)
    }
}
