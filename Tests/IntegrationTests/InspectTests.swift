import Foundation
import TestSupport
import Testing

/// `agora inspect` against what master and agent say.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct InspectTests {
    private func only(_ value: Any) throws -> [String: Any] {
        let list = try #require(value as? [[String: Any]])
        try #require(list.count == 1, "\(list)")
        return list[0]
    }

    @Test func everyKindIsShownAsTheAPIHasIt() async throws {
        try await AgoraLocal.run { local in
            let id = try await local.launch("web")
            let state = try #require(try await local.answer(#"{"type": "GET_STATE"}"#)["get_state"] as? [String: Any])
            func first(_ get: String, _ list: String) throws -> [String: Any] {
                try #require(((state[get] as? [String: Any])?[list] as? [[String: Any]])?.first)
            }
            let task = try only(try await local.json("inspect", "web"))
            #expect(task["kind"] as? String == "task" && task["id"] as? String == id)
            #expect(areSame(task["task"] ?? 0, try first("get_tasks", "tasks")))
            let container = try #require(task["container"] as? [String: Any])
            let name = try #require((container["container_id"] as? [String: Any])?["value"] as? String)
            #expect((container["resource_statistics"] as? [String: Any])?["mem_total_bytes"] != nil)

            let node = try only(try await local.yaml("inspect", "127.0.0.1"))
            let agent = try first("get_agents", "agents")
            #expect(node["kind"] as? String == "node")
            #expect(areSame((node["agent"] as? [String: Any])?["agent_info"] ?? 0, agent["agent_info"] ?? 1))
            #expect((node["flags"] as? [String: Any])?["port"] as? String == "\(local.agentPort)", "\(node["flags"] ?? "")")
            #expect((node["tasks"] as? [[String: Any]])?.first?["task"] as? String == id)

            let framework = try only(try await local.json("inspect", "agora run web"))
            let known = try first("get_frameworks", "frameworks")
            #expect(areSame((framework["framework"] as? [String: Any])?["framework_info"] ?? 0, known["framework_info"] ?? 1))
            let role = try only(try await local.json("inspect", "*"))
            #expect(role["kind"] as? String == "role" && (role["frameworks"] as? [Any])?.count == 1)
            for words in [[name], [String(name.prefix(12))], ["--type", "container", name]] {
                let found = try only(try JSONSerialization.jsonObject(with: Data(try await local.command(["inspect"] + words).output.utf8)))
                #expect(found["kind"] as? String == "container" && found["id"] as? String == name)
                #expect((found["tasks"] as? [[String: Any]])?.first?["task"] as? String == id)
            }
            let two = try await local.command("inspect", id, "127.0.0.1")
            #expect((try JSONSerialization.jsonObject(with: Data(two.output.utf8)) as? [Any])?.count == 2)
        }
    }

    @Test func containersOfNoTaskAreFoundOnTheirAgent() async throws {
        try await AgoraLocal.run { local in
            _ = try await local.launch("web")
            let session = try local.start(["exec", "web", "--", "sleep", "100"])
            var inner: [String: Any]?
            let isThere = try await eventually {
                let call = #"{"type": "GET_CONTAINERS", "get_containers": {"show_nested": true}}"#
                let answer = try await local.answer(call, port: local.agentPort)["get_containers"] as? [String: Any]
                let containers = answer?["containers"] as? [[String: Any]] ?? []
                inner = containers.compactMap { $0["container_id"] as? [String: Any] }.first { $0["parent"] != nil }
                return inner != nil
            }
            #expect(isThere)
            let value = try #require(inner?["value"] as? String)
            let parent = try #require((inner?["parent"] as? [String: Any])?["value"] as? String)
            let found = try only(try await local.json("inspect", value))
            #expect(found["id"] as? String == "\(parent).\(value)")
            #expect(areSame((found["container"] as? [String: Any])?["container_id"] ?? 0, inner ?? [:]))
            await session.stop()
        }
    }

    @Test func endedTasksAreShownWithHowTheyEnded() async throws {
        try await AgoraLocal.run { local in
            #expect(try await local.command("run", "--name", "dead", "--", "sh", "-c", "exit 7").status == 7)
            let task = try only(try await local.json("inspect", "dead"))
            #expect(task["exit_code"] as? Int == 7 && task["container"] == nil)
            #expect((task["summary"] as? [String: Any])?["state"] as? String == "TASK_FAILED")
        }
    }

    @Test func badNamesAreExplained() async throws {
        try await AgoraLocal.run { local in
            let (first, second) = (try await local.launch("web"), try await local.launch("web"))
            let refusals: [([String], Int32, [String])] = [
                (["web"], 1, ["\"web\" may mean", first, second, "--type"]), (["web-"], 1, [first, second]),
                (["webb"], 1, ["there is no task, node, framework, role or container \"webb\"", "did you mean"]),
                (["--type", "node", "web"], 1, ["there is no node \"web\""]), (["--type", "pod", "web"], 64, ["framework"]),
                (["-o", "text", "web"], 64, ["json", "yaml"]), ([], 64, ["names"]),
            ]
            for (arguments, status, words) in refusals {
                let ended = try await local.command(["inspect"] + arguments)
                #expect(ended.status == status && ended.output.isEmpty, "\(ended)")
                for word in words { #expect(ended.errors.contains(word), "\(word): \(ended.errors)") }
            }
        }
    }
}
