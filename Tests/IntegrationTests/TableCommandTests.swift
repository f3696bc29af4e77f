import Foundation
import TestSupport
import Testing

/// `agora ps`, `nodes`, `frameworks` and `tasks` in every format, against what the operator API says.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct TableCommandTests {
    @Test func listsSayWhatTheMasterSays() async throws {
        try await AgoraLocal.run { local in
            let web = try await local.launch("web", "--cpus", "0.2", "--memory", "48m")
            _ = try await local.launch("other")
            #expect(try await local.command("run", "--name", "dead", "--", "false").status == 1)
            try await tasks(local, web)
            try await frameworks(local)
            try await nodes(local)
            for command in ["ps", "tasks", "frameworks", "nodes"] {
                let wide = try await local.command(command, "--output", "wide")
                let text = try await local.command(command)
                let columns = (wide.cells.first ?? []).count
                #expect(columns > (text.cells.first ?? []).count, "\(wide.output)")
                let width = text.lines[0].count
                #expect(wide.lines[0].count > width && !text.output.contains("\u{1b}"))
            }
        }
    }

    private func tasks(_ local: AgoraLocal, _ web: String) async throws {
        let answer = try await local.answer(#"{"type": "GET_TASKS"}"#)["get_tasks"] as? [String: Any]
        let running = try #require(answer?["tasks"] as? [[String: Any]])
        let ids = Set(running.compactMap { ($0["task_id"] as? [String: Any])?["value"] as? String })
        #expect(ids.count == 2)
        for command in ["tasks", "ps"] {
            let rows = try #require(try await local.json(command) as? [[String: Any]])
            #expect(Set(rows.compactMap { $0["task"] as? String }) == ids)
            #expect(areSame(try await local.yaml(command), rows))
            let all = try #require(try await local.json(command, "--all") as? [[String: Any]])
            #expect(all.contains { $0["state"] as? String == "TASK_FAILED" } && all.count == 3)
        }
        let rows = try #require(try await local.json("tasks", "--framework", "web") as? [[String: Any]])
        let row = try #require(rows.count == 1 ? rows.first : nil)
        let task = try #require(running.first { ($0["name"] as? String) == "web" })
        #expect(areSame(row["resources"] ?? 0, ["cpus": 0.2, "mem": 48] as [String: Double]))
        #expect(row["framework_id"] as? String == (task["framework_id"] as? [String: Any])?["value"] as? String)
        #expect(row["role"] as? String == "*" && row["node"] as? String == "127.0.0.1")
        let first = (task["statuses"] as? [[String: Any]])?.first
        #expect(row["started"] as? Double == first?["timestamp"] as? Double)
        let text = try await local.command("tasks", "--framework", "agora run web", "--node", "127.0.0.1:\(local.agentPort)")
        #expect(text.cells.count == 2 && text.cells[1].starts(with: [web, "running", "127.0.0.1", "agora run web"]), "\(text.output)")
        #expect(text.cells[1].suffix(2) == ["0.2", "48"], "\(text.output)")
    }

    private func frameworks(_ local: AgoraLocal) async throws {
        let answer = try await local.answer(#"{"type": "GET_FRAMEWORKS"}"#)["get_frameworks"] as? [String: Any]
        let known = try #require(answer?["frameworks"] as? [[String: Any]]).compactMap { $0["framework_info"] as? [String: Any] }
        let rows = try #require(try await local.json("frameworks") as? [[String: Any]])
        #expect(rows.compactMap { $0["name"] as? String } == ["agora run other", "agora run web"])
        let ids = known.compactMap { ($0["id"] as? [String: Any])?["value"] as? String }
        #expect(rows.compactMap { $0["framework_id"] as? String }.sorted() == ids.sorted())
        #expect(rows.allSatisfy { $0["tasks"] as? Int == 1 && $0["state"] as? String == "disconnected" }, "\(rows)")
        #expect(areSame(try await local.yaml("frameworks"), rows))
        let all = try await local.command("frameworks", "--all")
        #expect(all.cells.count == 4 && all.cells[3].contains("ended") && all.cells[3].contains("agora run dead"), "\(all.output)")
    }

    private func nodes(_ local: AgoraLocal) async throws {
        let answer = try await local.answer(#"{"type": "GET_AGENTS"}"#)["get_agents"] as? [String: Any]
        let agent = try #require((answer?["agents"] as? [[String: Any]])?.first)
        let rows = try #require(try await local.json("nodes") as? [[String: Any]])
        #expect(rows.count == 1 && rows[0]["version"] as? String == agent["version"] as? String)
        #expect((rows[0]["used"] as? [String: Double])?["mem"] == 80)
        #expect(areSame(try await local.yaml("nodes"), rows))
    }

    @Test func statesChoose() async throws {
        try await AgoraLocal.run { local in
            _ = try await local.launch("web")
            #expect(try await local.command("run", "--name", "dead", "--", "false").status == 1)
            let failed = try #require(try await local.json("tasks", "--state", "failed") as? [[String: Any]])
            #expect(failed.compactMap { $0["state"] as? String } == ["TASK_FAILED"])
            let both = try await local.command("tasks", "--state", "TASK_FAILED", "--state", "running")
            #expect(both.lines.count == 3)
            #expect(try await local.command("tasks", "--state", "lost").lines.count == 1)
        }
    }

    @Test func badInputIsExplained() async throws {
        try await AgoraLocal.run { local in
            _ = try await local.launch("web")
            let refusals: [([String], Int32, String)] = [
                (["tasks", "--framework", "wep"], 1, "there is no framework \"wep\""),
                (["tasks", "--node", "127.0.0.2"], 1, "did you mean 127.0.0.1?"), (["tasks", "--state", "dead"], 64, "running"),
                (["tasks", "-o", "table"], 64, "wide"), (["frameworks", "--output", "xml"], 64, "yaml"),
                (["ps", "--interval", "2s"], 64, "add --watch"), (["ps", "-w", "--interval", "1ms"], 64, "100ms"),
            ]
            for (arguments, status, words) in refusals {
                let ended = try await local.command(arguments)
                #expect(ended.status == status && ended.errors.contains(words) && ended.output.isEmpty, "\(arguments): \(ended)")
            }
        }
    }

    @Test(arguments: [
        "tasks", "frameworks", "nodes", "ps", "metrics", "inspect x", "maintenance status", "maintenance schedule", "why x", "ps --watch",
    ])
    func withoutAMasterTheNextStepIsTold(_ command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let ended = await (try Program.agora(words + ["--master", "127.0.0.1:9"])).ended()
        #expect(ended.status == 69 && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.contains("no master answers at 127.0.0.1:9") && ended.errors.contains("agora local"))
    }
}
