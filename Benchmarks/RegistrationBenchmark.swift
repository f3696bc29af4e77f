import AsyncHTTPClient
import Foundation
import MesosMessages
import NIOCore
import SwiftProtobuf

/// A master with a large cluster is killed and started again: the time until it knows every agent and every task again,
/// from the start of its process, and how fast it then answers for tasks that nobody knows.
func benchmarkRegistration(_ http: HTTPClient, agents: Int, tasksPerAgent: Int, unknownTasks: Int, into report: inout Report) async throws {
    let port = try freePort()
    var master = try AgoraProcess(["master", "--port", "\(port)", "--work-dir", "{work}/master"])
    defer { master.stop() }
    let server = OperatorClient(http, port: port)
    try await server.waitUntilHealthy()

    let framework: Mesos_V1_FrameworkID = try await BenchmarkScheduler.run(port: port) { scheduler, _, promise in
        promise.succeed(scheduler.id)
    }
    let first = SimulatedAgents(port: port)
    let ids = try await first.subscribe(count: agents) { SimulatedAgents.subscription(of: $0) }
    master.crash()
    await first.close()

    let start = ContinuousClock.now
    master = try master.startedAgain()
    try await server.waitUntilHealthy(for: .seconds(60))
    report.add("restart of a master that knows \(agents) agents, until it answers", (ContinuousClock.now - start).milliseconds, "ms")
    let second = SimulatedAgents(port: port)
    _ = try await second.subscribe(count: agents) { number in
        .with {
            $0 = SimulatedAgents.subscription(of: number)
            $0.subscribe.agent.id = ids[number]
            $0.subscribe.tasks = (0..<tasksPerAgent).map { runningTask($0, on: ids[number], of: framework) }
        }
    }
    let elapsed = ContinuousClock.now - start
    try await expectTasks(agents * tasksPerAgent, server)
    report.add("\(agents) agents with \(tasksPerAgent) tasks each known again", elapsed.seconds, "s", atMost: 10)
    try await benchmarkReconciliation(port: port, framework, tasks: unknownTasks, into: &report)
    await second.close()
}

/// What is measured must be right: the master counts as many running tasks as there are.
private func expectTasks(_ count: Int, _ server: OperatorClient) async throws {
    let answer = try await server.http.get(url: server.base + "/metrics/snapshot").get()
    let metrics = try JSONDecoder().decode([String: Double].self, from: Data(answer.body.map { Array($0.readableBytesView) } ?? []))
    let running = metrics["master/tasks_running"]
    guard running == Double(count) else { throw OperatorClient.Refused(status: 0, text: "\(running ?? -1) tasks instead of \(count)") }
}

private func benchmarkReconciliation(
    port: Int,
    _ framework: Mesos_V1_FrameworkID,
    tasks: Int,
    into report: inout Report
) async throws {
    var start = ContinuousClock.now
    var answers = 0
    let elapsed: Duration = try await BenchmarkScheduler.run(port: port, returning: framework) { scheduler, event, promise in
        switch event.type {
        case .subscribed:
            start = .now
            let call = Mesos_V1_Scheduler_Call.with {
                $0.type = .reconcile
                $0.reconcile.tasks = (0..<tasks).map { number in .with { $0.taskID.value = "unknown-\(number)" } }
            }
            scheduler.post(call).cascadeFailure(to: promise)
        case .update where event.update.status.reason == .reconciliation:
            answers += 1
            if answers == tasks { promise.succeed(.now - start) }
        default: break
        }
    }
    report.add("\(tasks) unknown tasks reconciled", Double(tasks) / elapsed.seconds, "answers per second", atLeast: 50_000)
}

private func runningTask(_ number: Int, on agent: Mesos_V1_AgentID, of framework: Mesos_V1_FrameworkID) -> Mesos_V1_Task {
    .with {
        $0.name = "task"
        $0.taskID.value = "\(agent.value)-\(number)"
        $0.frameworkID = framework
        $0.agentID = agent
        $0.state = .taskRunning
        $0.resources = [scalar("cpus", 0.1), scalar("mem", 32)].map { resource in
            var resource = resource
            resource.allocationInfo.role = "*"
            return resource
        }
    }
}
