import Foundation
import TestSupport
import Testing

/// Schedulers on libraries that nobody here wrote, unmodified from their package index: each launches tasks, sees their
/// states, reconciles, finds its tasks again after the master was killed and started anew, kills, and leaves.
@Suite(.timeLimit(.minutes(5)), .enabled(if: geteuid() == 0))  // Containers need root.
struct ForeignSchedulerTests {
    private struct Outcome: Decodable {
        let states: [String: [String]]
        let messages: [String: String]
        let problems: [String]
    }

    /// A client, the states of a task after its start, and what its executor says of the ends.
    struct Client: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var fails = "TASK_FAILED"
        var messages: [String: String] = [:]

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let clients = [
        Client(arguments: ["pymesos_scheduler.py"]),
        Client(arguments: ["avmesos_scheduler.py"]),
    ]

    private static let clientsWithExecutors = [
        Client(
            arguments: ["pymesos_scheduler.py", "nesting_executor.py"],
            messages: ["ends": "wait status 0", "fails": "wait status 1792", "stays": "wait status 9"]
        ),
        // Its executor takes every end that is not by a signal for a good one, and tells the exit status.
        Client(
            arguments: ["pymesos_processes.py"],
            fails: "TASK_FINISHED",
            messages: ["ends": "0", "fails": "7", "stays": "-9"]
        ),
    ]

    @Test(arguments: clients) func livesThroughARestartOfTheMaster(_ client: Client) async throws {
        try await live(client) { outcome in
            #expect(outcome.states["ends"] == ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"])
            #expect(outcome.states["fails"] == ["TASK_STARTING", "TASK_RUNNING", client.fails])
            #expect(outcome.states["stays"]?.first == "TASK_STARTING")
        }
    }

    @Test(arguments: clientsWithExecutors) func itsOwnExecutorDoes(_ client: Client) async throws {
        try await live(client) { outcome in
            #expect(outcome.states["ends"] == ["TASK_RUNNING", "TASK_FINISHED"])
            #expect(outcome.states["fails"] == ["TASK_RUNNING", client.fails])
            #expect(outcome.states["stays"]?.first == "TASK_RUNNING")
            #expect(outcome.messages == client.messages)
        }
    }

    private func live(_ client: Client, _ check: (Outcome) -> Void) async throws {
        try await Cluster.run { cluster in
            let program = try PythonClient(client.arguments[0], [cluster.address] + client.arguments.dropFirst())
            if await program.says("restart") { try await cluster.restartMaster() }
            let outcome = try await program.report(Outcome.self)
            #expect(outcome.problems == [], "\(program.lines)")
            #expect(program.lines.dropLast().sorted() == ["back", "found", "killed", "launched", "reconciled", "restart", "runs"])
            check(outcome)
            #expect(outcome.states["stays"]?.last == "TASK_KILLED")
            #expect(await eventually { cluster.processes(running: "").isEmpty })
        }
    }
}
