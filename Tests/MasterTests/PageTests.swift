import Foundation
import TestSupport
import Testing

/// The older pages of a master, read by GET.
@Suite struct PageTests {
    @Test(arguments: ["/slaves", "/frameworks", "/tasks", "/roles", "/flags", "/state-summary", "/metrics/snapshot", "/version", "/state"])
    func answersWithAndWithoutPrefix(_ path: String) async throws {
        try await withMaster { master in
            for path in [path, "/master\(path)"] {
                let answer = try await master.send("GET", path)
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == "application/json")
                #expect(try !answer.json().isEmpty)
                let script = try await master.send("GET", "\(path)?jsonp=page.show")
                #expect(script.headers["content-type"] == "text/javascript")
                #expect(script.text.hasPrefix("page.show({") && script.text.hasSuffix("})"))
                #expect(try await master.send("GET", "\(path)?jsonp=alert(1)").status == 400)
                #expect(try await master.send("GET", "\(path)?jsonp=").status == 400)
                #expect(try await master.send("POST", path).status == 405)
            }
        }
    }

    @Test func listsAgentsAndFrameworks() async throws {
        try await ReadTests.running { master in
            let slaves = try await master.send("GET", "/slaves").json()
            let id = try text(at(slaves, "slaves", "0", "id"))
            #expect(at(slaves, "slaves", "0", "used_resources_full", "0", "allocation_info", "role") as? String == "eng")
            #expect(at(slaves, "slaves", "0", "unreserved_resources_full", "0", "role") as? String == "*")
            #expect((at(try await master.send("GET", "/slaves?slave_id=\(id)").json(), "slaves") as? [Any])?.count == 1)
            #expect((at(try await master.send("GET", "/slaves?slave_id=none").json(), "slaves") as? [Any])?.isEmpty == true)
            let frameworks = try await master.send("GET", "/frameworks").json()
            let framework = try text(at(frameworks, "frameworks", "0", "id"))
            #expect(at(frameworks, "frameworks", "0", "tasks", "0", "id") as? String == "long1")
            #expect((at(try await master.send("GET", "/frameworks?framework_id=x").json(), "frameworks") as? [Any])?.isEmpty == true)
            let summary = try await master.send("GET", "/state-summary").json()
            #expect(at(summary, "frameworks", "0", "TASK_STAGING") as? Int == 1)
            #expect(at(summary, "frameworks", "0", "TASK_RUNNING") as? Int == 0)
            #expect(at(summary, "frameworks", "0", "slave_ids") as? [String] == [id])
            #expect(at(summary, "slaves", "0", "framework_ids") as? [String] == [framework])
            let role = at(try await master.send("GET", "/roles").json(), "roles", "0")
            #expect(at(role, "name") as? String == "eng")
            #expect(at(role, "allocated") as? [String: Double] == ["cpus": 0.1, "mem": 32])
            #expect(at(role, "quota", "consumed") as? [String: Double] == ["cpus": 0.1, "mem": 32])
            #expect(at(role, "frameworks") as? [String] == [framework])
        }
    }

    @Test func pagesThroughTasks() async throws {
        try await withMaster { master in
            let life = try await PageTasks(master)
            for number in 0..<5 { try await life.run("t\(number)") }
            func tasks(_ query: String) async throws -> [String] {
                let list = at(try await master.send("GET", "/tasks\(query)").json(), "tasks") as? [Any]
                return try #require(list).compactMap { at($0, "id") as? String }
            }
            let all = ["t4", "t3", "t2", "t1", "t0"]
            #expect(try await tasks("") == all)
            #expect(try await tasks("?order=asc") == all.reversed())
            #expect(try await tasks("?limit=2") == ["t4", "t3"])
            #expect(try await tasks("?limit=2&offset=1") == ["t3", "t2"])
            #expect(try await tasks("?offset=5").isEmpty)
            #expect(try await tasks("?offset=\(Int.max)&limit=\(Int.max)").isEmpty)
            #expect(try await tasks("?limit=\(Int.max)") == all)
            #expect(try await tasks("?limit=0").isEmpty)
            // As in Mesos, what is no number is the usual.
            for query in ["?limit=x", "?limit=-1", "?limit=99999999999999999999", "?offset=-1", "?order=up"] {
                #expect(try await tasks(query) == all)
            }
            #expect(try await tasks("?task_id=t3") == ["t3"])
            #expect(try await tasks("?framework_id=\(life.framework)") == all)
            #expect(try await tasks("?framework_id=none").isEmpty)
        }
    }

    @Test func tearsDownByForm() async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            func post(_ body: String, _ type: String = "application/x-www-form-urlencoded") async throws -> Answer {
                try await master.send("POST", "/master/teardown", headers: [("Content-Type", type)], body: Array(body.utf8))
            }
            for (body, words) in [("", "frameworkId"), ("frameworkId=", "frameworkId"), ("frameworkId=none", "none"), ("a=%zz", "form")] {
                let answer = try await post(body)
                #expect(answer.status == 400)
                #expect(answer.text.contains(words))
            }
            #expect(try await post("frameworkId=\(framework)", "application/json").status == 415)
            #expect(try await master.send("GET", "/teardown").status == 405)
            #expect(try await post("frameworkId=\(framework)").status == 200)
            #expect(try await scheduler.next() == nil)
            let list = try await master.send("GET", "/frameworks").json()
            #expect(at(list, "completed_frameworks", "0", "id") as? String == framework)
        }
    }

    @Test func tearsDownByCall() async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            #expect(try await master.post("/api/v1", #"{"type": "TEARDOWN"}"#).status == 400)
            let call = #"{"type": "TEARDOWN", "teardown": {"framework_id": {"value": "\#(framework)"}}}"#
            #expect(try await master.post("/api/v1", call.replacing(framework, with: "a/b")).status == 400)
            #expect(try await master.post("/api/v1", call).status == 200)
            #expect(try await scheduler.next() == nil)
            let again = try await master.post("/api/v1", call)
            #expect(again.status == 400)
            #expect(again.text.contains("teardown.framework_id"))
        }
    }

    @Test func hasNoFiles() async throws {
        try await withMaster { master in
            let debug = try await master.send("GET", "/files/debug")
            #expect(debug.text == "{}")
            for page in ["browse", "read", "download"] {
                #expect(try await master.send("GET", "/files/\(page)").status == 400)
                for path in ["/etc/passwd", "/../../etc/passwd", "x"] {
                    #expect(try await master.send("GET", "/master/files/\(page)?path=\(path)").status == 404)
                }
            }
            #expect(try await master.post("/api/v1", #"{"type": "LIST_FILES"}"#).status == 400)
            #expect(try await master.post("/api/v1", #"{"type": "LIST_FILES", "list_files": {"path": "/etc"}}"#).status == 404)
            let read = #"{"type": "READ_FILE", "read_file": {"path": "/etc/passwd", "offset": 0}}"#
            #expect(try await master.post("/api/v1", read).status == 404)
        }
    }

    @Test func saysWhatIsNotBuilt() async throws {
        try await withMaster { master in
            for path in ["/weights", "/quota", "/quota/eng", "/reserve", "/unreserve", "/create-volumes", "/master/destroy-volumes"] {
                let answer = try await master.send("POST", path)
                #expect(answer.status == 501)
                #expect(answer.text.contains("not built yet"))
            }
            #expect(try await master.send("GET", "/no-such-page").status == 404)
        }
    }

    /// A page of many pieces is a stream, whole in every form.
    @Test func largePagesComeInPieces() async throws {
        try await withMaster { master in
            let life = try await PageTasks(master)
            // Clients refuse what packs too well.
            let label = (0..<7_500).map { _ in String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16) }.joined()
            try await life.run("large", more: #", "labels": {"labels": [{"key": "k", "value": "\#(label)"}]}"#)
            try await life.run("larger", more: #", "labels": {"labels": [{"key": "k", "value": "\#(label)\#(label)\#(label)"}]}"#)
            let plain = try await master.send("GET", "/state")
            #expect(plain.headers["transfer-encoding"] == "chunked")
            let names = at(try plain.json(), "frameworks", "0", "tasks") as? [Any]
            #expect(names?.compactMap { at($0, "id") as? String } == ["large", "larger"])
            let script = try await master.send("GET", "/state?jsonp=f")
            #expect(script.text == "f(\(plain.text))")
            #expect(try await master.send("GET", "/state?jsonp=f(").status == 400)
            let packed = try await Program.run("sh", ["-c", "curl -s --compressed http://127.0.0.1:\(master.port)/state | sha256sum"])
            let unpacked = try await Program.run("sh", ["-c", "curl -s http://127.0.0.1:\(master.port)/state | sha256sum"])
            #expect(packed.output == unpacked.output)
            let raw = try await Packed.get("/state", of: master)
            #expect(raw.isPacked)
            #expect(raw.count < plain.body.count)
            // Clients that unpack unasked take an answer without body for one that was cut off.
            #expect(try await master.send("HEAD", "/state", headers: [("Accept-Encoding", "identity")]).body.isEmpty)
        }
    }

    @Test func compressesWhatIsLong() async throws {
        try await withMaster { master in
            for page in ["/state", "/version"] {
                #expect(try await Packed.get(page, of: master).isPacked == (page == "/state"))
            }
            let plain = try await Packed.get("/state", of: master, coding: "identity")
            #expect(!plain.isPacked)
        }
    }
}

/// Tasks that start one after the other.
struct PageTasks {
    let framework: String
    private let master: MasterClient
    private let scheduler: EventReader
    private let agent: EventReader
    private let agentID: String

    init(_ master: MasterClient) async throws {
        self.master = master
        scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
        framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
        agent = try await master.open("/api/v1/agent", LifeTests.agent)
        agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
    }

    /// Launches a task and waits until the scheduler knows that it runs.
    func run(_ task: String, more: String = "") async throws {
        let call = Call(client: master, framework: framework, token: scheduler.token)
        _ = try await call.post("REVIVE", nil)
        let offer = try text(at(try await scheduler.event("OFFERS"), "offers", "offers", "0", "id", "value"))
        #expect(try await call.accept(offer: offer, agent: agentID, task: task, more: more).status == 202)
        _ = try await agent.event("LAUNCH")
        try await update(task, "TASK_RUNNING")
    }

    /// Says as the agent what became of a task.
    func update(_ task: String, _ state: String) async throws {
        let uuid = withUnsafeBytes(of: UUID().uuid) { Data($0) }.base64EncodedString()
        let update = #"""
            {"type": "UPDATE_STATUS", "agent_id": {"value": "\#(agentID)"}, "update_status": {"updates": [{"framework_id": {"value": "\#(framework)"},
             "status": {"task_id": {"value": "\#(task)"}, "state": "\#(state)", "source": "SOURCE_EXECUTOR", "uuid": "\#(uuid)",
             "timestamp": \#(Date().timeIntervalSince1970)}}]}}
            """#
        #expect(try await master.post("/api/v1/agent", update, headers: [("Mesos-Stream-Id", agent.token)]).status == 202)
        while try text(at(try await scheduler.event("UPDATE"), "update", "status", "task_id", "value")) != task {}
    }
}

/// An answer as it goes over the wire to those who take gzip; other clients of the tests unpack it unasked.
struct Packed {
    let isPacked: Bool
    let count: Int

    static func get(_ page: String, of master: MasterClient, coding: String = "gzip") async throws -> Packed {
        let arguments = ["-s", "-D", "/dev/stderr", "-H", "Accept-Encoding: \(coding)", "http://127.0.0.1:\(master.port)\(page)"]
        let ended = await (try Program("sh", ["-c", #"curl "$@" | wc -c"#, "sh"] + arguments)).ended()
        let count = Int(ended.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
        return Packed(isPacked: ended.errors.lowercased().contains("content-encoding: gzip"), count: count)
    }
}
