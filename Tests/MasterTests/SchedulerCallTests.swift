import Foundation
import Master
import MesosAPI
import MesosMessages
import Testing

/// The rarer calls of the scheduler API over HTTP: statuses, headers and JSON as recorded with a real Mesos.
@Suite struct SchedulerCallTests {
    private struct Setting {
        let master: MasterClient
        let call: Call
        let scheduler: EventReader
        let agent: EventReader
        let agentID: String
        let offer: Any?

        /// An agent's call.
        func report(_ type: String, _ body: String) async throws -> Answer {
            let json = #"{"type": "\#(type)", "agent_id": {"value": "\#(agentID)"}, \#(body)}"#
            return try await master.post("/api/v1/agent", json, headers: [("Mesos-Stream-Id", agent.token)])
        }
    }

    private static func subscribed(
        _ change: (inout MasterConfiguration) -> Void = { _ in },
        _ body: (Setting) async throws -> Void
    ) async throws {
        try await withMaster(change) { master in
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            let agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let offer = at(try await scheduler.event("OFFERS"), "offers", "offers", "0")
            let call = Call(client: master, framework: framework, token: scheduler.token)
            try await body(
                Setting(master: master, call: call, scheduler: scheduler, agent: agent, agentID: agentID, offer: offer)
            )
        }
    }

    @Test func messagesGoBothWays() async throws {
        try await Self.subscribed { setting in
            let there = #""message": {"agent_id": {"value": "\#(setting.agentID)"}, "executor_id": {"value": "e"}, "data": "aGk="}"#
            let answer = try await setting.call.post("MESSAGE", there)
            #expect(answer.status == 202)
            #expect(answer.body.isEmpty)
            let event = try await setting.agent.event("MESSAGE")
            #expect(at(event, "message", "data") as? String == "aGk=")
            #expect(at(event, "message", "framework_id", "value") as? String == setting.call.framework)
            let framework = setting.call.framework
            let back = #""message": {"framework_id": {"value": "\#(framework)"}, "executor_id": {"value": "e"}, "data": "aG8="}"#
            #expect(try await setting.report("MESSAGE", back).status == 202)
            let heard = try await setting.scheduler.event("MESSAGE")
            #expect(at(heard, "message", "agent_id", "value") as? String == setting.agentID)
            #expect(at(heard, "message", "executor_id", "value") as? String == "e")
            #expect(at(heard, "message", "data") as? String == "aG8=")
            let nobody = #""message": {"agent_id": {"value": "no-such"}, "executor_id": {"value": "e"}, "data": "aGk="}"#
            #expect(try await setting.call.post("MESSAGE", nobody).status == 202)
            let metrics = try await setting.master.send("GET", "/metrics/snapshot").json()
            #expect(metrics["master/messages_framework_to_executor"] as? Double == 2)
            #expect(metrics["master/valid_framework_to_executor_messages"] as? Double == 1)
            #expect(metrics["master/invalid_framework_to_executor_messages"] as? Double == 1)
            #expect(metrics["master/valid_executor_to_framework_messages"] as? Double == 1)
        }
    }

    @Test func anExecutorIsShutDown() async throws {
        try await Self.subscribed { setting in
            let body = #""shutdown": {"agent_id": {"value": "\#(setting.agentID)"}, "executor_id": {"value": "e"}}"#
            #expect(try await setting.call.post("SHUTDOWN", body).status == 202)
            let event = try await setting.agent.event("SHUTDOWN_EXECUTOR")
            #expect(at(event, "shutdown_executor", "executor_id", "value") as? String == "e")
        }
    }

    private static func update(_ framework: String, user: String, roles: String, more: String = "") -> String {
        #"""
        "update_framework": {"framework_info": {"capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}], "checkpoint": true,
         "failover_timeout": 60, "id": {"value": "\#(framework)"}, "name": "recorder", "roles": \#(roles), "user": "\#(user)"}\#(more)}
        """#
    }

    @Test func aFrameworkIsUpdated() async throws {
        try await Self.subscribed { setting in
            let framework = setting.call.framework
            let answer = try await setting.call.post("UPDATE_FRAMEWORK", Self.update(framework, user: "root", roles: #"["ops"]"#))
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect(answer.headers["content-type"] == nil)
            let rescinded = try await setting.scheduler.event("RESCIND")
            #expect(at(rescinded, "rescind", "offer_id", "value") as? String == at(setting.offer, "id", "value") as? String)
            let offers = try await setting.scheduler.event("OFFERS")
            #expect(at(offers, "offers", "offers", "0", "allocation_info", "role") as? String == "ops")
            let refused = try await setting.call.post("UPDATE_FRAMEWORK", Self.update(framework, user: "nobody", roles: #"["ops"]"#))
            #expect(refused.status == 400)
            #expect(refused.headers["content-type"] == "text/plain")
            #expect(refused.text.contains("update_framework.framework_info.user"))
        }
    }

    @Test func constraintsAreKeptAndShown() async throws {
        try await Self.subscribed { setting in
            let constraints = #"""
                {"role_constraints": {"eng": {"groups": [{"attribute_constraints": [{"predicate": {"text_matches": {"regex": "10\\..*"}},
                 "selector": {"pseudoattribute_type": "HOSTNAME"}}]}]}}}
                """#
            let more = #", "offer_constraints": \#(constraints)"#
            let body = Self.update(setting.call.framework, user: "root", roles: #"["eng"]"#, more: more)
            #expect(try await setting.call.post("UPDATE_FRAMEWORK", body).status == 200)
            let path = ["role_constraints", "eng", "groups", "0", "attribute_constraints", "0", "predicate", "text_matches", "regex"]
            let state = try await setting.master.send("GET", "/state").json()
            let shown = at(state, "frameworks", "0", "offer_constraints")
            #expect(path.reduce(shown) { at($0, $1) } as? String == #"10\..*"#)
            let answer = try await setting.master.post("/api/v1", #"{"type": "GET_FRAMEWORKS"}"#).json()
            let framework = at(answer, "get_frameworks", "frameworks", "0", "offer_constraints")
            #expect(path.reduce(framework) { at($0, $1) } as? String == #"10\..*"#)
            let broken = body.replacing(#"10\\..*"#, with: "(")
            let refused = try await setting.call.post("UPDATE_FRAMEWORK", broken)
            #expect(refused.status == 400)
            #expect(refused.text.contains("text_matches.regex"))
        }
    }

    @Test func operationsFailByNameAndAreReconciled() async throws {
        try await Self.subscribed { setting in
            let offer = try text(at(setting.offer, "id", "value"))
            let accept = #"""
                "accept": {"offer_ids": [{"value": "\#(offer)"}], "operations": [{"type": "RESERVE", "id": {"value": "op-1"}, "reserve": {"resources": [
                 {"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}, "reservations": [{"type": "DYNAMIC", "role": "eng"}]}]}}]}
                """#
            #expect(try await setting.call.post("ACCEPT", accept).status == 202)
            let status = at(try await setting.scheduler.event("UPDATE_OPERATION_STATUS"), "update_operation_status", "status")
            #expect(at(status, "state") as? String == "OPERATION_ERROR")
            #expect(at(status, "operation_id", "value") as? String == "op-1")
            #expect(try text(at(status, "message")).contains("not built yet"))
            let named = #""reconcile_operations": {"operations": [{"operation_id": {"value": "op-2"}}]}"#
            #expect(try await setting.call.post("RECONCILE_OPERATIONS", named).status == 202)
            let unknown = at(try await setting.scheduler.event("UPDATE_OPERATION_STATUS"), "update_operation_status", "status")
            #expect(at(unknown, "state") as? String == "OPERATION_UNKNOWN")
            #expect(at(unknown, "operation_id", "value") as? String == "op-2")
            let framework = setting.call.framework
            let all = #"{"type": "RECONCILE_OPERATIONS", "framework_id": {"value": "\#(framework)"}, "reconcile_operations": {}}"#
            let headers = [("Content-Type", "application/json"), ("Accept", "text/html"), ("Mesos-Stream-Id", setting.call.token)]
            #expect(try await setting.master.send("POST", "/api/v1/scheduler", headers: headers, body: Array(all.utf8)).status == 406)
            let metrics = try await setting.master.send("GET", "/metrics/snapshot").json()
            #expect(metrics["master/operations/error"] as? Double == 1)
            #expect(metrics["master/operations/reserve/error"] as? Double == 1)
        }
    }

    @Test func whatTheMasterCanDoAndWhereItStandsIsTold() async throws {
        let change = { (configuration: inout MasterConfiguration) in
            configuration.offerTimeout = .milliseconds(300)
            configuration.domain = Mesos_V1_DomainInfo()
            configuration.domain?.faultDomain.region.name = "eu"
            configuration.domain?.faultDomain.zone.name = "eu-1"
        }
        try await Self.subscribed(change) { setting in
            #expect(try await setting.scheduler.event("RESCIND")["rescind"] != nil)
            _ = try await setting.scheduler.event("OFFERS")
            let master = try await setting.master.post("/api/v1", #"{"type": "GET_MASTER"}"#).json()
            #expect(at(master, "get_master", "master_info", "capabilities", "0", "type") as? String == "AGENT_UPDATE")
            #expect(at(master, "get_master", "master_info", "domain", "fault_domain", "region", "name") as? String == "eu")
            let state = try await setting.master.send("GET", "/state").json()
            #expect(state["capabilities"] as? [String] == ["AGENT_UPDATE", "AGENT_DRAINING"])
            #expect(at(state, "domain", "fault_domain", "zone", "name") as? String == "eu-1")
            #expect(at(state, "flags", "offer_timeout") as? String == "300ms")
            #expect(at(state, "flags", "offer_constraints_re2_max_mem") as? String == "4KB")
            #expect(at(state, "flags", "offer_constraints_re2_max_program_size") as? String == "100")
            #expect(try text(at(state, "flags", "domain")).contains("eu-1"))
        }
    }
}
