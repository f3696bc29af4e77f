import Agent
import Foundation
import TestSupport
import Testing

/// Standalone and nested containers by the operator API, with the statuses and shapes of Mesos's agent.
@Suite(.serialized) struct ContainerAPITests {
    @Test func answersAsMesosDoes() async throws {
        try await AgentFixture.run { agent in
            let resources = """
                ,"resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":1}},{"name":"mem","type":"SCALAR","scalar":{"value":256}}]
                """
            #expect(try await agent.launch(["top"], "sleep 1000", more: resources).0 == 200)
            #expect(try await agent.launch(["top"], "sleep 1000").0 == 202)
            #expect(try await agent.launch(["top", "a"], "exit 42").0 == 200)
            let wait = try await agent.wait(["top", "a"])
            #expect(wait.0 == 200)
            #expect(json(wait.1) == json(#"{"type":"WAIT_CONTAINER","wait_container":{"exit_status":10752}}"#))
            let older = try await agent.post(
                #"{"type":"WAIT_NESTED_CONTAINER","wait_nested_container":{"container_id":\#(AgentFixture.id(["top", "a"]))}}"#
            )
            #expect(json(older.1) == json(#"{"type":"WAIT_NESTED_CONTAINER","wait_nested_container":{"exit_status":10752}}"#))
            #expect(try await agent.kill(["top", "a"], signal: 15) == 404)
            #expect(try await agent.remove(["top", "a"]) == 200)
            #expect(try await agent.remove(["top", "a"]) == 200)
            #expect(try await agent.wait(["top", "a"]).0 == 404)

            #expect(try await agent.launch(["top", "b"], "sleep 1000").0 == 200)
            #expect(try await agent.launch(["top", "b", "c"], "sleep 1000").0 == 200)
            #expect(try await agent.remove(["top", "b"]) == 500)
            #expect(try await agent.kill(["top", "b"]) == 200)
            #expect(
                json(try await agent.wait(["top", "b", "c"]).1) == json(#"{"type":"WAIT_CONTAINER","wait_container":{"exit_status":9}}"#)
            )
            #expect(json(try await agent.wait(["top", "b"]).1) == json(#"{"type":"WAIT_CONTAINER","wait_container":{"exit_status":9}}"#))

            #expect(try await agent.kill(["top", "never"]) == 404)
            #expect(try await agent.wait(["top", "never"]).0 == 404)
            #expect(try await agent.kill(["top"], signal: 15) == 200)
            #expect(json(try await agent.wait(["top"]).1) == json(#"{"type":"WAIT_CONTAINER","wait_container":{"exit_status":15}}"#))
            #expect(try await agent.remove(["top"]) == 200)
        }
    }

    @Test func givesTheStatusOfProgramsThatAreMissing() async throws {
        try await AgentFixture.run { agent in
            #expect(try await agent.launch(["shell"], "no-such-command-here").0 == 200)
            #expect(json(try await agent.wait(["shell"]).1) == json(#"{"type":"WAIT_CONTAINER","wait_container":{"exit_status":32512}}"#))
            let launch = try await agent.post(
                #"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"direct"},"command":{"shell":false,"value":"/no/such/file"}}}"#
            )
            #expect(launch.0 == 200)
            #expect(json(try await agent.wait(["direct"]).1) == json(#"{"type":"WAIT_CONTAINER","wait_container":{"exit_status":32512}}"#))
        }
    }

    /// A launch that is refused, with a word that the refusal must contain.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let container: String
        let more: String
        let word: String

        var testDescription: String { word + container.prefix(20) }
    }

    static let refusals = [
        Refusal(container: #"{"value":"bad/id"}"#, more: "", word: "bad/id"),
        Refusal(container: #"{"value":"bad.id"}"#, more: "", word: "bad.id"),
        Refusal(container: #"{"value":"bad id"}"#, more: "", word: "bad id"),
        Refusal(container: #"{"value":""}"#, more: "", word: "container_id"),
        Refusal(container: #"{"value":".."}"#, more: "", word: ".."),
        Refusal(container: #"{"value":"\#(String(repeating: "x", count: 243))"}"#, more: "", word: "242"),
        Refusal(container: #"{"value":"orphan","parent":{"value":"no-such"}}"#, more: "", word: "no-such"),
        Refusal(container: #"{"value":"d"}"#, more: #","container":{"type":"DOCKER","docker":{"image":"x"}}"#, word: "DOCKER"),
        Refusal(
            container: #"{"value":"d"}"#,
            more: #","container":{"type":"MESOS","linux_info":{"share_cgroups":true}}"#,
            word: "share_cgroups"
        ),
        Refusal(container: #"{"value":"d"}"#, more: #","limits":{"cpus":{"value":-1}}"#, word: "limits.cpus"),
        Refusal(
            container: #"{"value":"d"}"#,
            more: #","container":{"type":"MESOS","mesos":{"image":{"type":"DOCKER","docker":{"name":"no such image"}}}}"#,
            word: "no such image"
        ),
    ]

    @Test(arguments: refusals) func refusesAndSaysWhy(refusal: Refusal) async throws {
        try await AgentFixture.run { agent in
            let answer = try await agent.post(
                #"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":\#(refusal.container),"command":{"value":"true"}\#(refusal.more)}}"#
            )
            #expect(answer.0 == 400)
            #expect(answer.1.contains(refusal.word), "\(answer.1)")
            #expect(try await agent.get("/containers").1 == "[]")
        }
    }

    @Test(arguments: [
        (#"{"type":"LAUNCH_CONTAINER"}"#, 400), (#"{"type":"WAIT_CONTAINER"}"#, 400), (#"{}"#, 400), ("[]", 400), ("", 400), ("{", 400),
        (#"{"type":"KILL_CONTAINER","kill_container":{"container_id":{"value":"x"},"signal":99}}"#, 400),
        (#"{"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"x"}}}"#, 400),
        (#"{"type":"ATTACH_CONTAINER_OUTPUT"}"#, 400), (#"{"type":"UNKNOWN"}"#, 501),
        (#"{"type":"SET_LOGGING_LEVEL"}"#, 400),
        (#"{"type":"SET_LOGGING_LEVEL","set_logging_level":{"level":1,"duration":{"nanoseconds":0}}}"#, 400),
        (#"{"type":"GET_METRICS"}"#, 400), (#"{"type":"ADD_RESOURCE_PROVIDER_CONFIG"}"#, 501),
    ])
    func answersBrokenCalls(body: String, status: Int) async throws {
        try await AgentFixture.run { agent in
            let answer = try await agent.post(body)
            #expect(answer.0 == status)
            #expect(!answer.1.isEmpty)
        }
    }

    @Test func negotiatesEncodings() async throws {
        try await AgentFixture.run { agent in
            let call = #"{"type":"GET_HEALTH"}"#
            let bare = try await agent.post(call, headers: [])
            #expect(bare.0 == 400)
            #expect(try await agent.post(call, headers: [("Content-Type", "text/plain")]).0 == 415)
            #expect(try await agent.post(call, headers: [("Content-Type", "application/json"), ("Accept", "text/html")]).0 == 406)
            #expect(
                try await agent.post(call, headers: [("Content-Type", "application/json"), ("Accept", "application/recordio")]).0 == 406
            )
            #expect(try await agent.get("/api/v1").0 == 405)
            #expect(try await agent.get("/nothing").0 == 404)
        }
    }

    @Test func nests32LevelsEachWithItsOwnFirstProcess() async throws {
        try await AgentFixture.run { agent in
            var path: [String] = []
            for level in 1...32 {
                path.append("l\(level)")
                let answer = try await agent.launch(path, "echo pid $$; sleep 1000")
                #expect(answer.0 == 200, "level \(level): \(answer.1)")
            }
            let deepest = "\(agent.workDirectory)/containers/" + path.joined(separator: "/containers/")
            #expect(await eventually { agent.output("\(deepest)/stdout").hasPrefix("pid ") })
            #expect(try await agent.launch(path + ["l33"], "true").0 == 400)
            #expect(try await agent.kill(["l1"]) == 200)
            #expect(try await agent.wait(path).1.contains("\"exit_status\":9"))
        }
    }

    @Test func inheritsFromTheContainerAround() async throws {
        try await AgentFixture.run { agent in
            let launch = try await agent.post(
                """
                {"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"top"},
                "command":{"value":"sleep 1000","user":"nobody"}}}
                """
            )
            #expect(launch.0 == 200, "\(launch.1)")
            try await agent.launch(["top", "a"], "id -un; pwd; echo $MESOS_SANDBOX; env | grep -c ^AGENT_TEST")
            _ = try await agent.wait(["top", "a"])
            let sandbox = "\(agent.workDirectory)/containers/top/containers/a"
            #expect(agent.output("\(sandbox)/stdout") == "nobody\n\(sandbox)\n\(sandbox)\n0\n")
        }
    }

    @Test func showsWhatRuns() async throws {
        try await AgentFixture.run { agent in
            let limits =
                #","resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":1}},{"name":"mem","type":"SCALAR","scalar":{"value":256}}]"#
            try await agent.launch(["top"], "sleep 1000", more: limits)
            try await agent.launch(["top", "a"], "sleep 1000")
            #expect(json(try await agent.post(#"{"type":"GET_CONTAINERS"}"#).1) == json(#"{"type":"GET_CONTAINERS"}"#))
            let answer = try await agent.post(
                #"{"type":"GET_CONTAINERS","get_containers":{"show_nested":true,"show_standalone":true}}"#
            )
            let containers = try #require(object(answer.1, "get_containers", "containers") as? [[String: Any]])
            #expect(containers.count == 2)
            let statistics = try #require(containers.first?["resource_statistics"] as? [String: Any])
            #expect(statistics["mem_limit_bytes"] as? Int == 256 << 20)
            #expect(statistics["cpus_soft_limit"] as? Double == 1)
            #expect((statistics["mem_total_bytes"] as? Int ?? 0) > 0)
            #expect(((containers.first?["container_status"] as? [String: Any])?["executor_pid"] as? Int ?? 0) > 0)
        }
    }

    @Test func endsAContainerThatNeedsTooMuchMemory() async throws {
        try await AgentFixture.run { agent in
            let limits = #","resources":[{"name":"mem","type":"SCALAR","scalar":{"value":32}}]"#
            try await agent.launch(["hog"], "x=$(head -c 300000000 /dev/zero | tr '\\0' x); exit 0", more: limits)
            let answer = try await agent.wait(["hog"])
            #expect(answer.1.contains("REASON_CONTAINER_LIMITATION_MEMORY"), "\(answer.1)")
        }
    }
}

/// JSON compared by meaning.
func json(_ text: String) -> NSDictionary? {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? NSDictionary
}

/// What stands at a path of keys.
func object(_ text: String, _ keys: String...) -> Any? {
    keys.reduce(json(text) as Any?) { ($0 as? NSDictionary)?[$1] }
}
