import Foundation
import MesosAPI
import MesosMessages
import TestSupport
import Testing

/// Maintenance, draining and deactivation over HTTP, and across kills of the master.
@Suite struct MaintenanceAPITests {
    private static let schedule = #"""
        {"windows": [{"machine_ids": [{"hostname": "127.0.0.1"}], "unavailability": {"start": {"nanoseconds": 1443830400000000000},
         "duration": {"nanoseconds": 3600000000000}}}]}
        """#

    @Test func machinesGoDownAndUpByTheOlderEndpoints() async throws {
        try await MasterProcess.run { process in
            let master = process.client
            func post(_ path: String, _ body: String) async throws -> Answer { try await master.post(path, body) }
            #expect(try await master.send("GET", "/maintenance/schedule").text == "{}")
            #expect(try await master.send("GET", "/maintenance/status").text == "{}")
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            _ = try await agent.event("SUBSCRIBED")
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            _ = try await scheduler.event("OFFERS")
            #expect(try await post("/maintenance/schedule", Self.schedule).status == 200)
            let offers = try await scheduler.event("OFFERS")
            #expect(at(offers, "offers", "offers", "0", "unavailability", "duration", "nanoseconds") as? Int == 3_600_000_000_000)
            await process.kill()
            try await process.restart()
            let kept = try await master.send("GET", "/master/maintenance/schedule").json()
            #expect(at(kept, "windows", "0", "machine_ids", "0", "hostname") as? String == "127.0.0.1")
            let again = try await master.open("/api/v1/agent", LifeTests.agent)
            _ = try await again.event("SUBSCRIBED")
            let machines = #"[{"hostname": "127.0.0.1"}]"#
            #expect(try await post("/machine/down", machines).status == 200)
            _ = try await again.event("SHUTDOWN")
            #expect(try await again.next() == nil)
            await process.kill()
            try await process.restart()
            let status = try await process.read("GET_MAINTENANCE_STATUS")
            #expect(at(status, "status", "down_machines", "0", "hostname") as? String == "127.0.0.1")
            let refused = try await master.open("/api/v1/agent", LifeTests.agent)
            #expect(try text(at(try await refused.event("SHUTDOWN"), "shutdown", "message")).contains("maintenance"))
            #expect(try await post("/master/machine/up", machines).status == 200)
            let welcome = try await master.open("/api/v1/agent", LifeTests.agent)
            _ = try await welcome.event("SUBSCRIBED")
            #expect(try await master.send("GET", "/maintenance/status").text == "{}")
        }
    }

    @Test func badRequests() async throws {
        try await withMaster { master in
            for (path, body) in [
                ("/maintenance/schedule", ""), ("/maintenance/schedule", "[]"), ("/maintenance/schedule", "{\"windows\": [{}]}"),
                ("/maintenance/schedule", "{\"windows\": 1}"), ("/machine/down", ""), ("/machine/down", "{}"), ("/machine/down", "[]"),
                ("/machine/down", #"[{"hostname": "no-such"}]"#), ("/machine/up", #"[{"hostname": "no-such"}]"#), ("/machine/up", "[1]"),
                ("/machine/down", #"[{"ip": "x"}]"#),
            ] {
                let answer = try await master.post(path, body)
                #expect(answer.status == 400, "\(path) \(body)")
                #expect(answer.text.count > 20)
            }
            for call in [
                "UPDATE_MAINTENANCE_SCHEDULE", "START_MAINTENANCE", "STOP_MAINTENANCE", "DRAIN_AGENT", "DEACTIVATE_AGENT",
                "REACTIVATE_AGENT",
            ] {
                let answer = try await master.post("/api/v1", #"{"type": "\#(call)"}"#)
                #expect(answer.status == 400)
                #expect(answer.text.contains(call.lowercased()))
            }
        }
    }

    /// GET_AGENTS, in both forms, says what an operator decided about an agent.
    @Test func readsSayWhichAgentsAreDrained() async throws {
        try await withMaster { master in
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            let id = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            func shown() async throws -> Any? {
                at(try await master.post("/api/v1", #"{"type": "GET_AGENTS"}"#).json(), "get_agents", "agents", "0")
            }
            func tell(_ type: String, _ more: String = "") async throws -> Int {
                let call = #"{"type": "\#(type)", "\#(type.lowercased())": {"agent_id": {"value": "\#(id)"}\#(more)}}"#
                return try await master.post("/api/v1", call).status
            }
            let before = try await shown()
            #expect(at(before, "deactivated") as? Bool == false)
            #expect(at(before, "drain_info") == nil)
            #expect(try await tell("DEACTIVATE_AGENT") == 200)
            let deactivated = try await shown()
            #expect(at(deactivated, "deactivated") as? Bool == true)
            #expect(at(deactivated, "active") as? Bool == false)
            #expect(at(deactivated, "drain_info") == nil)
            #expect(try await tell("REACTIVATE_AGENT") == 200)
            let begin = Date().timeIntervalSince1970
            #expect(try await tell("DRAIN_AGENT", #", "max_grace_period": {"seconds": 7}"#) == 200)
            let drained = try await shown()
            #expect(at(drained, "deactivated") as? Bool == true)
            #expect(at(drained, "drain_info", "state") as? String == "DRAINED")
            #expect(at(drained, "drain_info", "config", "max_grace_period", "nanoseconds") as? Int == 7_000_000_000)
            #expect(at(drained, "drain_info", "config", "mark_gone") as? Bool == false)
            let started = try #require(at(drained, "estimated_drain_start_time", "nanoseconds") as? Int)
            #expect(abs(Double(started) / 1e9 - begin) < 60)
            let headers = [("Content-Type", "application/json"), ("Accept", "application/x-protobuf")]
            let answer = try await master.send("POST", "/api/v1", headers: headers, body: Array(#"{"type": "GET_AGENTS"}"#.utf8))
            let agents = try MessageEncoding.protobuf.decode(Mesos_V1_Master_Response.self, from: answer.body).getAgents.agents
            #expect(agents.map(\.drainInfo.state) == [.drained])
        }
    }

    @Test func aDrainOutlivesTheMaster() async throws {
        try await MasterProcess.run { process in
            let master = process.client
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            let id = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let drain = #"""
                {"type": "DRAIN_AGENT", "drain_agent": {"agent_id": {"value": "\#(id)"}, "max_grace_period": {"seconds": 5}}}
                """#
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let offer = try text(at(try await scheduler.event("OFFERS"), "offers", "offers", "0", "id", "value"))
            let call = Call(client: master, framework: framework, token: scheduler.token)
            #expect(try await call.accept(offer: offer, agent: id, task: "t").status == 202)
            #expect(try await master.post("/api/v1", drain).status == 200)
            _ = try await agent.event("KILL")
            await process.kill()
            try await process.restart()
            let back = LifeTests.agent.replacing(#""agent": {"#, with: #""agent": {"id": {"value": "\#(id)"}, "#)
            let again = try await master.open("/api/v1/agent", back)
            _ = try await again.event("SUBSCRIBED")
            let slave = at(try await master.send("GET", "/slaves").json(), "slaves", "0")
            #expect(at(slave, "deactivated") as? Bool == true)
            #expect(at(slave, "active") as? Bool == false)
            #expect(at(slave, "drain_info", "state") as? String == "DRAINED", "the agent came back with nothing")
            #expect(at(slave, "drain_info", "config", "max_grace_period", "nanoseconds") as? Int == 5_000_000_000)
            let reactivate = #"{"type": "REACTIVATE_AGENT", "reactivate_agent": {"agent_id": {"value": "\#(id)"}}}"#
            #expect(try await master.post("/api/v1", reactivate).status == 200)
            let active = at(try await master.send("GET", "/slaves").json(), "slaves", "0", "active")
            #expect(active as? Bool == true)
        }
    }
}
