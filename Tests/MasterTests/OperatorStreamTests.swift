import Foundation
import Master
import MasterCore
import MesosAPI
import MesosMessages
import TestSupport
import Testing

/// SUBSCRIBE of the operator API: the state, and every change from there on.
@Suite struct OperatorStreamTests {
    private static let subscribe = #"{"type": "SUBSCRIBE"}"#

    @Test func changesAreToldToAll() async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            var watchers: [EventReader] = []
            for path in ["/api/v1", "/master/api/v1", "/api/v1"] { watchers.append(try await master.open(path, Self.subscribe)) }
            for watcher in watchers {
                #expect(watcher.status == 200)
                #expect(watcher.contentType == "application/json")
                let greeting = try await watcher.event()
                #expect(greeting["type"] as? String == "SUBSCRIBED")
                #expect(at(greeting, "subscribed", "heartbeat_interval_seconds") as? Double == 15)
                let shown = at(greeting, "subscribed", "get_state", "get_frameworks", "frameworks", "0", "framework_info", "id", "value")
                #expect(shown as? String == framework)
            }
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            let agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let offer = try text(at(try await scheduler.event("OFFERS"), "offers", "offers", "0", "id", "value"))
            let call = Call(client: master, framework: framework, token: scheduler.token)
            #expect(try await call.accept(offer: offer, agent: agentID, task: "t").status == 202)
            #expect(try await call.post("TEARDOWN", nil).status == 202)
            for watcher in watchers {
                let added = try await watcher.event()
                #expect(added["type"] as? String == "AGENT_ADDED")
                #expect(at(added, "agent_added", "agent", "agent_info", "id", "value") as? String == agentID)
                let task = try await watcher.event()
                #expect(at(task, "task_added", "task", "task_id", "value") as? String == "t")
                let update = try await watcher.event()
                #expect(at(update, "task_updated", "state") as? String == "TASK_KILLED")
                #expect(at(update, "task_updated", "status", "reason") as? String == "REASON_FRAMEWORK_REMOVED")
                let removed = try await watcher.event()
                #expect(at(removed, "framework_removed", "framework_info", "id", "value") as? String == framework)
            }
        }
    }

    @Test func speaksProtobuf() async throws {
        try await withMaster { master in
            let watcher = try await master.open("/api/v1", Self.subscribe, accept: "application/x-protobuf")
            let json = try await master.open("/api/v1", Self.subscribe)
            #expect(watcher.contentType == "application/x-protobuf")
            func next() async throws -> Mesos_V1_Master_Event {
                try MessageEncoding.protobuf.decode(Mesos_V1_Master_Event.self, from: try #require(try await watcher.next()))
            }
            #expect(try await next().type == .subscribed)
            _ = try await json.event("SUBSCRIBED")
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            _ = try await scheduler.event("SUBSCRIBED")
            let event = try await next()
            #expect(event.frameworkAdded.framework.frameworkInfo.name == "recorder")
            _ = try await json.event("FRAMEWORK_ADDED")
        }
    }

    @Test func heartbeatsArrive() async throws {
        try await withMaster({ $0.heartbeatInterval = .milliseconds(50) }) { master in
            let watcher = try await master.open("/api/v1", Self.subscribe)
            var seen = 0
            for await record in watcher.allRecords {
                if String(decoding: record, as: UTF8.self) == #"{"type":"HEARTBEAT"}"# { seen += 1 }
                if seen == 2 { break }
            }
            #expect(seen == 2)
        }
    }

    @Test func theOldestIsCutOffWhenThereAreTooMany() async throws {
        try await withMaster({ $0.limits.operatorSubscribers = 2 }) { master in
            var watchers: [EventReader] = []
            for _ in 0..<3 {
                watchers.append(try await master.open("/api/v1", Self.subscribe))
                _ = try await watchers.last?.event("SUBSCRIBED")
            }
            #expect(try await watchers[0].next() == nil)
            let count = "master/operator_event_stream_subscribers"
            #expect(try await master.send("GET", "/metrics/snapshot").json()[count] as? Double == 2)
            watchers[1].close()
            watchers[2].close()
            #expect(try await eventually { try await master.send("GET", "/metrics/snapshot").json()[count] as? Double == 0 })
        }
    }

    @Test func refusals() async throws {
        try await withMaster { master in
            let headers = [("Content-Type", "application/json"), ("Accept", "text/html")]
            let refused = try await master.send("POST", "/api/v1", headers: headers, body: Array(Self.subscribe.utf8))
            #expect(refused.status == 406)
            #expect(try await master.send("GET", "/api/v1").status == 405)
        }
    }

    /// One that does not read is cut off when it is too far behind; those that read are not held up.
    @Test func whoDoesNotReadHoldsNobodyUp() async throws {
        try await withMaster { master in
            let deaf = try DeafReader(port: master.port, request: Self.subscribe)
            defer { deaf.close() }
            let watcher = try await master.open("/api/v1", Self.subscribe)
            _ = try await watcher.event("SUBSCRIBED")
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            _ = try await watcher.event("FRAMEWORK_ADDED")
            // More than the kernel and the master hold for one connection and for all that are behind.
            // Clients refuse what packs too well.
            let long = (0..<1 << 16).map { _ in String(UInt64.random(in: 1 << 60 ... .max), radix: 16) }.joined()
            for number in 0..<80 {
                let update = #"""
                    {"type": "UPDATE_FRAMEWORK", "framework_id": {"value": "\#(framework)"}, "update_framework": {"framework_info":
                     {"id": {"value": "\#(framework)"}, "user": "root", "name": "\#(number)-\#(long)", "roles": ["eng"], "checkpoint": true,
                      "failover_timeout": 60, "capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]}}}
                    """#
                let headers = [("Mesos-Stream-Id", scheduler.token)]
                #expect(try await master.post("/api/v1/scheduler", update, headers: headers).status == 200)
                let event = try await watcher.event("FRAMEWORK_UPDATED")
                let name = try text(at(event, "framework_updated", "framework", "framework_info", "name"))
                #expect(name.hasPrefix("\(number)-"))
            }
            let count = "master/operator_event_stream_subscribers"
            #expect(try await eventually { try await master.send("GET", "/metrics/snapshot").json()[count] as? Double == 1 })
        }
    }
}

/// A client that asks and never reads.
final class DeafReader: Sendable {
    private let descriptor: Int32

    init(port: Int, request: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else { throw Failure("cannot connect") }
        let text =
            "POST /api/v1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(request.utf8.count)\r\n\r\n\(request)"
        guard Array(text.utf8).withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == text.utf8.count else {
            throw Failure("cannot write")
        }
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        _ = Foundation.close(descriptor)
    }
}
