import AgentCore
import Cluster
import MesosMessages
import Testing

/// MESOS-6285: an agent's memory after a restart is bounded by what runs, not by what has run.
@Suite struct ManyTasksTests {
    @Test func whatIsAcknowledgedIsNotRecovered() {
        var agent = CoreHarness.subscribed()
        for number in 0..<2_000 {
            let task = "t\(number)"
            agent.launch([.sample(task)])
            let container = agent.container(task)
            agent.launched(container)
            agent.ended(container, 0)
            agent.acknowledgeAll()
            _ = agent.take()
            agent.sent = []
        }
        #expect(agent.disk.tasks.isEmpty && agent.disk.executors.isEmpty && agent.disk.frameworks.isEmpty)
        #expect(agent.core.tasks.isEmpty)
        #expect(agent.core.history.tasks.count <= AgentLimits.completedTasks)
    }
}
