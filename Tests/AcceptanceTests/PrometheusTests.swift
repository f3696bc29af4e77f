import Foundation
import TestSupport
import Testing

/// Debian's Prometheus reads what master and agent tell it, and understands the rules and the dashboard in `deploy/`.
@Suite(.timeLimit(.minutes(3)))
struct PrometheusTests {
    private static let deploy = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy")

    @Test func rulesAndConfigurationAreValid() async throws {
        let folder = Self.deploy.appending(path: "prometheus").path
        for arguments in [
            ["check", "rules", "\(folder)/agora-alerts.yml"], ["test", "rules", "\(folder)/agora-alerts-test.yml"],
            ["check", "config", "\(folder)/prometheus.yml"],
        ] {
            let check = try await Program.run("promtool", arguments)
            #expect(check.status == 0, "\(arguments): \(check.output)")
        }
    }

    @Test(.enabled(if: geteuid() == 0))  // Containers need root.
    func scrapesAndAnswersWhatTheDashboardAsks() async throws {
        try await AgoraLocal.run { local in
            let task = try Program.agora(["run", "--master", local.master, "--name", "busy", "--", "sleep", "1000"])
            defer { task.signal(SIGKILL) }
            for port in [local.masterPort, local.agentPort] {
                let check = try await Program.run("sh", ["-c", "curl -sf http://127.0.0.1:\(port)/metrics | promtool check metrics"])
                #expect(check.status == 0, "\(port): \(check.output)")
            }
            try await withScratchDirectory { scratch in
                let prometheus = try Self.prometheus(local, scratch)
                do {
                    try await Self.ask(prometheus.port, scratch)
                } catch {
                    await prometheus.program.stop()
                    throw error
                }
                #expect(await prometheus.program.stop())
            }
            await task.stop()
        }
    }

    private static func prometheus(_ local: AgoraLocal, _ scratch: URL) throws -> (program: Program, port: Int) {
        let port = try freePort()
        let given = try String(contentsOf: deploy.appending(path: "prometheus/prometheus.yml"), encoding: .utf8)
        let text = given.replacing("127.0.0.1:5050", with: local.master)
            .replacing("127.0.0.1:5051", with: "127.0.0.1:\(local.agentPort)").replacing("15s", with: "1s")
        #expect(text != given)
        try text.write(to: scratch.appending(path: "prometheus.yml"), atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            at: deploy.appending(path: "prometheus/agora-alerts.yml"),
            to: scratch.appending(path: "agora-alerts.yml")
        )
        let arguments = [
            "--config.file=\(scratch.path)/prometheus.yml", "--storage.tsdb.path=\(scratch.path)/data",
            "--web.listen-address=127.0.0.1:\(port)",
        ]
        return (try Program("prometheus", arguments), port)
    }

    private static func ask(_ port: Int, _ scratch: URL) async throws {
        func value(_ query: String) async throws -> Double? {
            let answer = try await Program.run(
                "curl",
                ["-s", "-G", "--data-urlencode", "query=\(query)", "http://127.0.0.1:\(port)/api/v1/query"]
            )
            guard let object = try? JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any] else { return nil }
            #expect(object["status"] as? String == "success", "\(query): \(answer.output)")
            let result = (object["data"] as? [String: Any])?["result"] as? [[String: Any]]
            return ((result?.first?["value"] as? [Any])?.last as? String).flatMap { Double($0) }
        }
        for (query, expected) in [
            ("sum(up)", 2.0), (#"agora_master_tasks{state="running"}"#, 1), (#"agora_master_agents{state="active"}"#, 1),
            ("count(agora_container_memory_usage_bytes)", 1), ("agora_agent_subscribed", 1),
        ] {
            let isSo = try await eventually(within: .seconds(60)) { try await value(query) == expected }
            #expect(isSo, "\(query)")
        }
        let dashboard = try Data(contentsOf: deploy.appending(path: "grafana/agora.json"))
        let panels = try #require((try JSONSerialization.jsonObject(with: dashboard) as? [String: Any])?["panels"] as? [[String: Any]])
        let queries = panels.flatMap { ($0["targets"] as? [[String: Any]] ?? []).compactMap { $0["expr"] as? String } }
        #expect(queries.count > 10)
        for query in queries { _ = try await value(query) }
        let names = queries.flatMap { $0.matches(of: /agora_[a-z_]+/).map { String($0.output) } }
        for name in Set(names) {
            let there = try await eventually { try await value("count({__name__=~\"\(name)\"})") != nil || name.contains("ended") }
            #expect(there, "nobody tells \(name)")
        }
    }
}
