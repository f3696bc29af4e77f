import Foundation
import Master
import MesosAPI
import MesosMessages
import TestSupport
import Testing

/// A framework's life over HTTP, as recorded with a real Mesos: what is sent, what comes back.
@Suite struct LifeTests {
    static let subscribe = #"""
        {"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "root", "name": "recorder", "roles": ["eng"], "failover_timeout": 60,
         "checkpoint": true, "capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]}}}
        """#

    static let agent = #"""
        {"type": "SUBSCRIBE", "subscribe": {"version": "1", "agent": {"hostname": "127.0.0.1", "port": 5051, "resources": [
         {"name": "cpus", "type": "SCALAR", "scalar": {"value": 16}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 16384}},
         {"name": "ports", "type": "RANGES", "ranges": {"range": [{"begin": 31000, "end": 32000}]}}]}}}
        """#

    @Test func aTaskRunsAndEnds() async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", Self.subscribe)
            #expect(scheduler.status == 200)
            #expect(scheduler.contentType == "application/json")
            let subscribed = try await scheduler.event("SUBSCRIBED")
            let framework = try text(at(subscribed, "subscribed", "framework_id", "value"))
            #expect(at(subscribed, "subscribed", "heartbeat_interval_seconds") as? Double == 15)
            #expect(at(subscribed, "subscribed", "master_info", "port") as? Int == master.port)
            #expect(at(subscribed, "subscribed", "master_info", "ip") as? Int == 16_777_343)
            let agent = try await master.open("/api/v1/agent", Self.agent)
            let agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let offer = at(try await scheduler.event("OFFERS"), "offers", "offers", "0")
            #expect(at(offer, "agent_id", "value") as? String == agentID)
            #expect(at(offer, "url", "path") as? String == "/slave(1)")
            #expect(at(offer, "allocation_info", "role") as? String == "eng")

            let call = Call(client: master, framework: framework, token: scheduler.token)
            let accepted = try await call.accept(offer: try text(at(offer, "id", "value")), agent: agentID, task: "ok1")
            #expect(accepted.status == 202)
            #expect(accepted.body.isEmpty)
            let launch = try await agent.event("LAUNCH")
            #expect(at(launch, "launch", "tasks", "0", "task_id", "value") as? String == "ok1")
            #expect(at(launch, "launch", "framework", "id", "value") as? String == framework)

            for (number, state) in ["TASK_RUNNING", "TASK_FINISHED"].enumerated() {
                let uuid = Data(repeating: UInt8(number), count: 16).base64EncodedString()
                let update = #"""
                    {"type": "UPDATE_STATUS", "agent_id": {"value": "\#(agentID)"}, "update_status": {"updates": [{"framework_id": {"value": "\#(framework)"},
                     "status": {"task_id": {"value": "ok1"}, "state": "\#(state)", "source": "SOURCE_EXECUTOR", "uuid": "\#(uuid)"}}]}}
                    """#
                #expect(try await master.post("/api/v1/agent", update, headers: [("Mesos-Stream-Id", agent.token)]).status == 202)
                let status = at(try await scheduler.event("UPDATE"), "update", "status")
                #expect(at(status, "state") as? String == state)
                #expect(at(status, "uuid") as? String == uuid)
                let acknowledged = try await call.post(
                    "ACKNOWLEDGE",
                    #""acknowledge": {"agent_id": {"value": "\#(agentID)"}, "task_id": {"value": "ok1"}, "uuid": "\#(uuid)"}"#
                )
                #expect(acknowledged.status == 202)
                #expect(at(try await agent.event("ACKNOWLEDGE"), "acknowledge", "uuid") as? String == uuid)
            }
            let tasks = try await master.post("/api/v1", #"{"type": "GET_TASKS"}"#).json()
            #expect(at(tasks, "get_tasks", "completed_tasks", "0", "state") as? String == "TASK_FINISHED")
            #expect((at(tasks, "get_tasks", "tasks") as? [Any])?.isEmpty == true)
            #expect(try await call.post("TEARDOWN", nil).status == 202)
            while try await scheduler.next() != nil {}
            #expect(try await call.post("REVIVE", nil).status == 400)
        }
    }

    @Test func protobufIsSpokenEverywhere() async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", Self.subscribe, accept: "application/x-protobuf")
            #expect(scheduler.contentType == "application/x-protobuf")
            let event = try MessageEncoding.protobuf.decode(Mesos_V1_Scheduler_Event.self, from: try #require(try await scheduler.next()))
            #expect(event.type == .subscribed)
            var call = Mesos_V1_Scheduler_Call()
            call.type = .revive
            call.frameworkID = event.subscribed.frameworkID
            let headers = [("Content-Type", "application/x-protobuf"), ("Mesos-Stream-Id", scheduler.token)]
            let answer = try await master.send("POST", "/api/v1/scheduler", headers: headers, body: MessageEncoding.protobuf.encode(call))
            #expect(answer.status == 202)
            var read = Mesos_V1_Master_Call()
            read.type = .getFrameworks
            let listed = try await master.send(
                "POST",
                "/api/v1",
                headers: [("Content-Type", "application/x-protobuf"), ("Accept", "application/x-protobuf")],
                body: MessageEncoding.protobuf.encode(read)
            )
            #expect(listed.headers["content-type"] == "application/x-protobuf")
            let response = try MessageEncoding.protobuf.decode(Mesos_V1_Master_Response.self, from: listed.body)
            #expect(response.getFrameworks.frameworks.map(\.connected) == [true])
        }
    }

    @Test func theNewerSubscriptionWins() async throws {
        try await withMaster { master in
            let first = try await master.open("/api/v1/scheduler", Self.subscribe)
            let framework = try text(at(try await first.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let again = Self.subscribe.replacing(#"{"user""#, with: #"{"id": {"value": "\#(framework)"}, "user""#)
                .replacing(#"{"type": "SUBSCRIBE""#, with: #"{"framework_id": {"value": "\#(framework)"}, "type": "SUBSCRIBE""#)
            let second = try await master.open("/api/v1/scheduler", again)
            #expect(at(try await second.event("SUBSCRIBED"), "subscribed", "framework_id", "value") as? String == framework)
            _ = try await first.event("ERROR")
            #expect(try await first.next() == nil)
            #expect(try await Call(client: master, framework: framework, token: first.token).post("REVIVE", nil).status == 400)
            #expect(try await Call(client: master, framework: framework, token: second.token).post("REVIVE", nil).status == 202)
        }
    }

    @Test func aSchedulerThatGoesIsNoticed() async throws {
        try await withMaster { master in
            let url = "http://127.0.0.1:\(master.port)/api/v1/scheduler"
            let options = ["-sNi", "-H", "Content-Type: application/json", "-H", "Accept: application/json", "-d", Self.subscribe]
            let scheduler = try Program("/usr/bin/curl", options + [url])
            let answer = /(?is)mesos-stream-id: ([^\r\n]+).*"framework_id":\{"value":"([^"]+)"/
            #expect(await eventually { scheduler.standardOutput.firstMatch(of: answer) != nil })
            let match = try #require(scheduler.standardOutput.firstMatch(of: answer))
            scheduler.signal(SIGKILL)
            let call = Call(client: master, framework: String(match.2), token: String(match.1))
            #expect(try await eventually { try await call.post("REVIVE", nil).status == 403 })
        }
    }

    @Test func heartbeatsArrive() async throws {
        try await withMaster({ $0.heartbeatInterval = .milliseconds(50) }) { master in
            let scheduler = try await master.open("/api/v1/scheduler", Self.subscribe)
            var seen = 0
            for await record in scheduler.allRecords {
                if String(decoding: record, as: UTF8.self) == #"{"type":"HEARTBEAT"}"# { seen += 1 }
                if seen == 2 { break }
            }
            #expect(seen == 2)
        }
    }
}

/// Calls of one subscription.
struct Call {
    let client: MasterClient
    let framework: String
    let token: String

    func post(_ type: String, _ body: String?) async throws -> Answer {
        let more = body.map { ", \($0)" } ?? ""
        let json = #"{"type": "\#(type)", "framework_id": {"value": "\#(framework)"}\#(more)}"#
        return try await client.post("/api/v1/scheduler", json, headers: [("Mesos-Stream-Id", token)])
    }

    /// - Parameter more: further fields of the task, each behind a comma.
    func accept(offer: String, agent: String, task: String, more: String = "") async throws -> Answer {
        try await post(
            "ACCEPT",
            #"""
            "accept": {"offer_ids": [{"value": "\#(offer)"}], "filters": {"refuse_seconds": 1000}, "operations": [{"type": "LAUNCH", "launch": {"task_infos": [
             {"name": "\#(task)", "task_id": {"value": "\#(task)"}, "agent_id": {"value": "\#(agent)"}, "command": {"value": "true"}\#(more),
              "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}]}]}}]}
            """#
        )
    }
}
