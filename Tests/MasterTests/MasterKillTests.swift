import Foundation
import TestSupport
import Testing

/// A master that is killed, and the next one with the same folder, as schedulers, agents and operators see it.
@Suite(.timeLimit(.minutes(3))) struct MasterKillTests {
    private static func subscribe(_ id: String? = nil) -> String {
        let name = id.map { #""id": {"value": "\#($0)"}, "# } ?? ""
        let named = id.map { #""framework_id": {"value": "\#($0)"}, "# } ?? ""
        return #"""
            {\#(named)"type": "SUBSCRIBE", "subscribe": {"framework_info": {\#(name)"user": "root", "name": "lasting", "roles": ["eng"],
             "failover_timeout": 3600, "capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]}}}
            """#
    }

    private static func agent(_ id: String?, _ framework: String? = nil) -> String {
        let name = id.map { #""id": {"value": "\#($0)"}, "# } ?? ""
        let report = framework.map { framework in
            #"""
            , "frameworks": [{"id": {"value": "\#(framework)"}, "user": "root", "name": "lasting", "roles": ["eng"], "failover_timeout": 3600,
             "capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]}], "tasks": [{"name": "t", "task_id": {"value": "t"},
             "framework_id": {"value": "\#(framework)"}, "agent_id": {"value": "\#(id ?? "")"}, "state": "TASK_RUNNING",
             "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}, "allocation_info": {"role": "eng"}}]}]
            """#
        }
        return #"""
            {"type": "SUBSCRIBE", "subscribe": {"version": "1", "agent": {\#(name)"hostname": "node1", "port": 5051, "resources": [
             {"name": "cpus", "type": "SCALAR", "scalar": {"value": 16}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 16384}}]}\#(report ?? "")}}
            """#
    }

    private static let uuid = Data(repeating: 7, count: 16).base64EncodedString()

    private static func update(_ agent: String, _ framework: String) -> String {
        #"""
        {"type": "UPDATE_STATUS", "agent_id": {"value": "\#(agent)"}, "update_status": {"updates": [{"framework_id": {"value": "\#(framework)"},
         "status": {"task_id": {"value": "t"}, "state": "TASK_RUNNING", "source": "SOURCE_EXECUTOR", "uuid": "\#(uuid)"}}]}}
        """#
    }

    @Test func goesOnWhereTheFormerOneWasKilled() async throws {
        try await MasterProcess.run { master in
            let client = master.client
            let scheduler = try await client.open("/api/v1/scheduler", Self.subscribe())
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let agent = try await client.open("/api/v1/agent", Self.agent(nil))
            let agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let offer = try text(at(try await scheduler.event("OFFERS"), "offers", "offers", "0", "id", "value"))
            let call = Call(client: client, framework: framework, token: scheduler.token)
            #expect(try await call.accept(offer: offer, agent: agentID, task: "t").status == 202)
            _ = try await agent.event("LAUNCH")
            let update = Self.update(agentID, framework)
            #expect(try await client.post("/api/v1/agent", update, headers: [("Mesos-Stream-Id", agent.token)]).status == 202)
            #expect(at(try await scheduler.event("UPDATE"), "update", "status", "uuid") as? String == Self.uuid)

            await master.kill()
            while try await scheduler.next() != nil {}
            try await master.restart()
            #expect(at(try await master.read("GET_FRAMEWORKS"), "frameworks", "0", "recovered") as? Bool == true)
            #expect(at(try await master.read("GET_FRAMEWORKS"), "frameworks", "0", "connected") as? Bool == false)
            #expect(at(try await master.read("GET_AGENTS"), "recovered_agents", "0", "hostname") as? String == "node1")
            let state = try await client.send("GET", "/state").json()
            #expect(at(state, "recovered_slaves", "0", "id") as? String == agentID)
            #expect(try await master.metric("master/slaves_recovered") == 1)

            let again = try await client.open("/api/v1/scheduler", Self.subscribe(framework))
            #expect(at(try await again.event("SUBSCRIBED"), "subscribed", "framework_id", "value") as? String == framework)
            let next = Call(client: client, framework: framework, token: again.token)
            #expect(try await next.post("RECONCILE", #""reconcile": {"tasks": [{"task_id": {"value": "t"}}]}"#).status == 202)
            let back = try await client.open("/api/v1/agent", Self.agent(agentID, framework))
            #expect(at(try await back.event("SUBSCRIBED"), "subscribed", "agent_id", "value") as? String == agentID)
            #expect(try await client.post("/api/v1/agent", update, headers: [("Mesos-Stream-Id", back.token)]).status == 202)
            // The first that is heard of the task is the update that was not acknowledged: nothing was answered before.
            #expect(at(try await again.event("UPDATE"), "update", "status", "uuid") as? String == Self.uuid)
            let acknowledge = #""acknowledge": {"agent_id": {"value": "\#(agentID)"}, "task_id": {"value": "t"}, "uuid": "\#(Self.uuid)"}"#
            #expect(try await next.post("ACKNOWLEDGE", acknowledge).status == 202)
            #expect(at(try await back.event("ACKNOWLEDGE"), "acknowledge", "uuid") as? String == Self.uuid)
            #expect(at(try await master.read("GET_TASKS"), "tasks", "0", "state") as? String == "TASK_RUNNING")
            #expect(try await master.metric("master/slaves_recovered") == 0)
            let other = try await client.open("/api/v1/agent", Self.agent(nil).replacing("5051", with: "5052"))
            #expect(at(try await other.event("SUBSCRIBED"), "subscribed", "agent_id", "value") as? String != agentID)
        }
    }

    @Test func refusesWhoWasRemovedBefore() async throws {
        try await MasterProcess.run { master in
            let client = master.client
            let scheduler = try await client.open("/api/v1/scheduler", Self.subscribe())
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let agent = try await client.open("/api/v1/agent", Self.agent(nil))
            let agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let gone = #"{"type": "MARK_AGENT_GONE", "mark_agent_gone": {"agent_id": {"value": "\#(agentID)"}}}"#
            for _ in 0..<2 { #expect(try await client.post("/api/v1", gone).status == 200) }
            _ = try await agent.event("SHUTDOWN")
            #expect(try await Call(client: client, framework: framework, token: scheduler.token).post("TEARDOWN", nil).status == 202)
            await master.kill()
            try await master.restart()
            #expect(try await master.metric("master/slaves_gone") == 1)
            _ = try await client.open("/api/v1/agent", Self.agent(agentID)).event("SHUTDOWN")
            let refused = try await client.open("/api/v1/scheduler", Self.subscribe(framework)).event()
            #expect(refused["type"] as? String == "ERROR")
            let unknown = try await client.post("/api/v1", gone.replacing(agentID, with: "nobody"))
            #expect(unknown.status == 404, "\(unknown.text)")
            #expect(try await client.post("/api/v1", #"{"type": "MARK_AGENT_GONE"}"#).status == 400)
        }
    }

    @Test func keepsNothingInMemoryAndSaysSo() async throws {
        try await MasterProcess.run(["--registry", "in_memory"]) { master in
            _ = try await master.client.open("/api/v1/scheduler", Self.subscribe()).event("SUBSCRIBED")
            #expect(!FileManager.default.fileExists(atPath: master.folder.path))
            let flags = try #require(at(try await master.read("GET_FLAGS"), "flags") as? [[String: Any]])
            #expect(flags.contains { $0["name"] as? String == "registry" && $0["value"] as? String == "in_memory" })
            await master.kill()
            try await master.restart()
            #expect((at(try await master.read("GET_FRAMEWORKS"), "frameworks") as? [Any])?.isEmpty == true)
        }
    }

    @Test func showsItsFlags() async throws {
        let arguments = ["--agent-ping-timeout", "200ms", "--max-agent-ping-timeouts", "2", "--agent-removal-rate-limit", "1/10mins"]
        try await MasterProcess.run(arguments + ["--agent-reregister-timeout", "300ms"]) { master in
            let list = try #require(at(try await master.read("GET_FLAGS"), "flags") as? [[String: String]])
            let flags = Dictionary(uniqueKeysWithValues: list.map { ($0["name"] ?? "", $0["value"] ?? "") })
            #expect(flags["agent_ping_timeout"] == "200ms" && flags["max_agent_ping_timeouts"] == "2")
            #expect(flags["agent_removal_rate_limit"] == "1/600secs")
            #expect(flags["registry"] == "sqlite" && flags["work_dir"] == master.folder.path)
            // A silent agent is unreachable after two intervals, and after a restart when the time is over.
            let agent = try await master.client.open("/api/v1/agent", Self.agent(nil))
            _ = try await agent.event("SUBSCRIBED")
            #expect(await eventually { (try? await master.metric("master/slaves_unreachable")) == 1 })
            let other = try await master.client.open("/api/v1/agent", Self.agent(nil).replacing("5051", with: "5052"))
            _ = try await other.event("SUBSCRIBED")
            await master.kill()
            try await master.restart()
            #expect(await eventually { (try? await master.metric("master/slaves_unreachable")) == 2 })
        }
    }
}
