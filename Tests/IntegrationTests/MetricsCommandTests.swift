import Foundation
import TestSupport
import Testing

/// `agora metrics` against what master and agent say.
@Suite(.serialized, .timeLimit(.minutes(2)), .enabled(if: geteuid() == 0))  // Containers need root.
struct MetricsCommandTests {
    @Test func metricsAreThoseOfTheAPI() async throws {
        try await AgoraLocal.run { local in
            let rows = try #require(try await local.json("metrics") as? [[String: Any]])
            let answer = try await local.answer(#"{"type": "GET_METRICS", "get_metrics": {}}"#)["get_metrics"] as? [String: Any]
            let names = try #require(answer?["metrics"] as? [[String: Any]]).compactMap { $0["name"] as? String }
            #expect(rows.compactMap { $0["metric"] as? String } == names && names.count > 50)
            let chosen = try await local.command("metrics", "master/slaves_active", "master/mem_total")
            #expect(chosen.cells.count == 3 && chosen.cells.contains(["master/slaves_active", "1"]), "\(chosen.output)")
            let active: [String: Any] = ["metric": "master/slaves_active", "value": 1]
            #expect(areSame(try await local.yaml("metrics", "slaves_active"), [active]))
            for words in [["--node", "127.0.0.1"], ["--agent", "127.0.0.1:\(local.agentPort)"]] {
                let agents = try await local.command(["metrics", "slave/tasks_running", "-o", "wide"] + words)
                #expect(agents.cells.last?.suffix(3) == ["slave/tasks_running", "0", "0"], "\(agents.output)")
            }
        }
    }

    @Test func badInputIsExplained() async throws {
        try await AgoraLocal.run { local in
            let refusals: [([String], Int32, String)] = [
                (["master/slaves_activ_"], 1, "did you mean master/slaves_active"), (["zzzzzzzzzzzz*"], 1, "`agora metrics` lists them"),
                (["--node", "nowhere"], 1, "there is no machine \"nowhere\""), (["--agent", "127.0.0.1:9"], 69, "does not answer"),
                (["--agent", "x", "--node", "y"], 64, "--agent"), (["-o", "prometheus"], 64, "yaml"),
            ]
            for (arguments, status, words) in refusals {
                let ended = try await local.command(["metrics"] + arguments)
                #expect(ended.status == status && ended.errors.contains(words) && ended.output.isEmpty, "\(arguments): \(ended)")
            }
        }
    }
}
