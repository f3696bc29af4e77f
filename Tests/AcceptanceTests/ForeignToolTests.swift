import Foundation
import TestSupport
import Testing

/// Tools for operators that were written for Mesos, unmodified from their package index, say of a cluster what is so.
@Suite(.timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct ForeignToolTests {
    private struct Node: Decodable {
        let node: String
        let agentID: String

        enum CodingKeys: String, CodingKey {
            case node
            case agentID = "agent_id"
        }
    }
    private struct Row: Decodable { let task: String, state: String }
    private struct Frameworks: Decodable {
        let frameworks: [Framework]
        struct Framework: Decodable { let id: String, name: String, hostname: String, active: Bool }
    }

    @Test func theCommandLineOfMesosShowsWhatRuns() async throws {
        try await Cluster.run { cluster in
            let run = try Program.agora(["run", "--master", cluster.address, "--name", "stays", "--", "sleep", "1000"])
            defer { run.signal(SIGKILL) }
            let fails = try await cluster.detach("exit 3", flags: ["--name", "fails"])
            #expect(await eventually(within: .seconds(30)) { await cluster.state(of: fails) == "TASK_FAILED" })
            let runs = try await eventually(within: .seconds(30)) {
                try await cluster.list(Row.self, "ps").map(\.state) == ["TASK_RUNNING"]
            }
            #expect(runs)
            let stays = try #require(try await cluster.list(Row.self, "ps").first).task
            let tool = try MesosCommandLine(cluster)
            try await Self.checkNodes(tool, cluster)
            let framework = try await Self.checkFrameworks(tool, cluster)

            #expect(try await tool.rows("task", "list") == [[stays, "TASK_RUNNING", framework]])
            let all = try await tool.rows("task", "list", "--all").map { Array($0.prefix(2)) }
            #expect(Set(all) == [[stays, "TASK_RUNNING"], [fails, "TASK_FAILED"]])
            let inspected = try await tool.object("task", "inspect", stays)
            #expect(inspected["id"] as? String == stays)
            #expect(inspected["framework_id"] as? String == framework)
            #expect(((inspected["resources"] as? [String: Any])?["mem"] as? Double ?? 0) > 0)
        }
    }

    private static func checkNodes(_ tool: MesosCommandLine, _ cluster: Cluster) async throws {
        let node = try #require(try await cluster.list(Node.self, "nodes").first)
        #expect(try await tool.rows("agent", "list") == [[node.agentID, node.node, "True"]])
    }

    /// The id of the framework that is connected: the other has left its task behind.
    private static func checkFrameworks(_ tool: MesosCommandLine, _ cluster: Cluster) async throws -> String {
        let page = try await Program.run("curl", ["-s", "\(cluster.address)/frameworks"])
        let frameworks = try JSONDecoder().decode(Frameworks.self, from: Data(page.output.utf8)).frameworks
        let rows = try await tool.rows("framework", "list", "--all")
        for framework in frameworks {
            let words = [framework.id, framework.active ? "True" : "False", framework.hostname, framework.name].joined(separator: " ")
            #expect(rows.contains(words.split(separator: " ").map(String.init)), "\(rows)")
            #expect(try await tool.object("framework", "inspect", framework.id)["name"] as? String == framework.name)
        }
        #expect(rows.count == frameworks.count)
        let active = frameworks.filter(\.active).map(\.id)
        #expect(try await tool.rows("framework", "list").map(\.first) == active)
        return try #require(active.first)
    }

    /// `mae` asks the agent which of its tasks have metrics, and hands these on.
    @Test func theExporterFindsTheMetricsOfTasks() async throws {
        try await Cluster.run { cluster in
            let port = try freePort()
            let file = cluster.directory.appending(path: "group.json")
            try Self.group(port).write(to: file, atomically: true, encoding: .utf8)
            let run = try Program.agora(["run", "--master", cluster.address, "--detach", file.path])
            #expect(await run.exitStatus() == 0, "\(run.standardError)")
            let exporterPort = try freePort()
            let exporter = try PythonClient(module: "mae.cli", ["\(exporterPort)", "127.0.0.1", "\(cluster.agentPort)"])
            let isTold = try await eventually(within: .seconds(60)) {
                try await Program.run("curl", ["-s", "127.0.0.1:\(exporterPort)/metrics"]).output == "requests_served 42"
            }
            #expect(isTold, "\(exporter.lines)")
        }
    }

    /// Two tasks, one of which says where its metrics are.
    private static func group(_ port: Int) -> String {
        """
        {"tasks": [
          {"name": "server",
           "command": {"shell": true,
             "value": "echo requests_served 42 > numbers; exec python3 -m http.server \(port) --bind 127.0.0.1"},
           "labels": {"labels": [
             {"key": "prometheus.metrics.enabled", "value": "true"},
             {"key": "prometheus.metrics.endpoint", "value": "/numbers"}]},
           "discovery": {"visibility": "CLUSTER", "ports": {"ports": [{"number": \(port), "protocol": "tcp"}]}}},
          {"name": "other", "command": {"shell": true, "value": "sleep 1000"}}
        ]}
        """
    }
}

/// `mesos-cli` of the package avmesos-cli.
private struct MesosCommandLine {
    private let configuration: String

    init(_ cluster: Cluster) throws {
        let file = cluster.directory.appending(path: "mesos.toml")
        try "[master]\naddress = \"\(cluster.address)\"\n".write(to: file, atomically: true, encoding: .utf8)
        configuration = file.path
    }

    private func run(_ arguments: [String]) async throws -> String {
        let client = try PythonClient(
            module: "avmesos.cli.mesos-cli",
            arguments,
            folder: "/avmesos-cli",
            environment: ["MESOS_CLI_CONFIG": configuration]
        )
        return await client.output()
    }

    /// The words of each line of the table, without its heads.
    func rows(_ arguments: String...) async throws -> [[String]] {
        let lines = try await run(arguments).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Array(lines.dropFirst())
    }

    func object(_ arguments: String...) async throws -> [String: Any] {
        let text = try await run(arguments)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
