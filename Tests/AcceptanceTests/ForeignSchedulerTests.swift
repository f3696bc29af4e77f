import Foundation
import TestSupport
import Testing

/// Schedulers on libraries that nobody here wrote, unmodified from their package index: each launches tasks, sees their
/// states, reconciles, finds its tasks again after the master was killed and started anew, kills, and leaves.
@Suite(.timeLimit(.minutes(5)), .enabled(if: geteuid() == 0))  // Containers need root.
struct ForeignSchedulerTests {
    private struct Outcome: Decodable {
        let states: [String: [String]]
        let problems: [String]
    }

    @Test(arguments: ["pymesos_scheduler.py", "avmesos_scheduler.py"])
    func livesThroughARestartOfTheMaster(_ script: String) async throws {
        try await Cluster.run { cluster in
            let client = try PythonClient(script, cluster.address)
            if await client.says("restart") { try await cluster.restartMaster() }
            let outcome = try await client.report(Outcome.self)
            #expect(outcome.problems == [], "\(client.lines)")
            #expect(client.lines.dropLast().sorted() == ["back", "found", "killed", "launched", "reconciled", "restart", "runs"])
            #expect(outcome.states["ends"]?.filter { $0 != "TASK_RUNNING" } == ["TASK_STARTING", "TASK_FINISHED"])
            #expect(outcome.states["stays"]?.first == "TASK_STARTING")
            #expect(outcome.states["stays"]?.last == "TASK_KILLED")
            #expect(await eventually { cluster.processes(running: "sleep 1000").isEmpty })
        }
    }
}
