import MesosMessages
import NIOCore
import SwiftProtobuf

/// One scheduler over HTTP against simulated agents: tasks per second from the first ACCEPT until every task's
/// TASK_RUNNING was delivered and its acknowledgement answered. Master, agents and scheduler share the machine.
func benchmarkSchedulerPath(port: Int, agents: Int, tasksPerAgent: Int, into report: inout Report) async throws {
    let elapsed = try await runTasks(port: port, agents: agents, tasksPerAgent: tasksPerAgent)
    report.add("scheduler path, \(agents) agents", Double(agents * tasksPerAgent) / elapsed.seconds, "tasks per second", atLeast: 5_000)
}

/// Accepts every agent's offer with some small tasks and acknowledges every update at once; the time it takes.
func runTasks(port: Int, agents: Int, tasksPerAgent: Int) async throws -> Duration {
    var start: ContinuousClock.Instant?
    var accepted = 0
    var acknowledged = 0
    return try await BenchmarkScheduler.run(port: port) { scheduler, event, promise in
        switch event.type {
        case .offers:
            start = start ?? .now
            for offer in event.offers.offers.prefix(agents - accepted) {
                scheduler.post(.accepting(offer, with: tasksPerAgent)).cascadeFailure(to: promise)
                accepted += 1
            }
        case .update:
            scheduler.post(.acknowledging(event.update.status)).assumeIsolated().whenComplete { result in
                if case .failure(let error) = result { promise.fail(error) }
                acknowledged += 1
                if acknowledged == agents * tasksPerAgent, let start { promise.succeed(.now - start) }
            }
        default: break
        }
    }
}

extension Mesos_V1_Scheduler_Call {
    static func accepting(_ offer: Mesos_V1_Offer, with count: Int) -> Self {
        .with {
            $0.type = .accept
            $0.accept.offerIds = [offer.id]
            $0.accept.filters.refuseSeconds = 3_600
            $0.accept.operations = [
                .with {
                    $0.type = .launch
                    $0.launch.taskInfos = (0..<count).map { number in
                        .with {
                            $0.name = "task"
                            $0.taskID.value = "\(offer.id.value)-\(number)"
                            $0.agentID = offer.agentID
                            $0.command.value = "true"
                            $0.resources = [scalar("cpus", 0.1), scalar("mem", 32)]
                        }
                    }
                }
            ]
        }
    }

    static func acknowledging(_ status: Mesos_V1_TaskStatus) -> Self {
        .with {
            $0.type = .acknowledge
            $0.acknowledge.agentID = status.agentID
            $0.acknowledge.taskID = status.taskID
            $0.acknowledge.uuid = status.uuid
        }
    }
}
