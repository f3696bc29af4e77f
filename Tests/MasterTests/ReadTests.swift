import Foundation
import Testing

/// The keys of what is read, against those that a recorded Mesos showed.
@Suite struct ReadTests {
    static func running(_ body: (MasterClient) async throws -> Void) async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            let agentID = try text(at(try await agent.event("SUBSCRIBED"), "subscribed", "agent_id", "value"))
            let offer = try text(at(try await scheduler.event("OFFERS"), "offers", "offers", "0", "id", "value"))
            let call = Call(client: master, framework: framework, token: scheduler.token)
            #expect(try await call.accept(offer: offer, agent: agentID, task: "long1").status == 202)
            try await body(master)
        }
    }

    @Test func stateHasTheKeysOfMesos() async throws {
        try await Self.running { master in
            for path in ["/state", "/master/state"] {
                let state = try await master.send("GET", path).json()
                let top = [
                    "activated_slaves", "build_date", "build_time", "build_user", "capabilities", "completed_frameworks",
                    "deactivated_slaves",
                    "elected_time", "flags", "frameworks", "git_branch", "git_sha", "hostname", "id", "leader", "leader_info",
                    "orphan_tasks", "pid",
                    "recovered_slaves", "slaves", "start_time", "unreachable_slaves", "unregistered_frameworks", "version",
                ]
                #expect(Set(top).subtracting(state.keys).isEmpty)
                let slave = try #require(at(state, "slaves", "0") as? [String: Any])
                let slaveKeys = [
                    "active", "attributes", "capabilities", "deactivated", "hostname", "id", "offered_resources", "pid", "port",
                    "registered_time",
                    "reserved_resources", "resources", "unreserved_resources", "used_resources", "version",
                ]
                #expect(Set(slaveKeys).subtracting(slave.keys).isEmpty)
                #expect(at(slave, "resources", "ports") as? String == "[31000-32000]")
                #expect(at(slave, "used_resources", "cpus") as? Double == 0.1)
                let framework = try #require(at(state, "frameworks", "0") as? [String: Any])
                let frameworkKeys = [
                    "active", "capabilities", "checkpoint", "completed_tasks", "connected", "executors", "failover_timeout", "hostname",
                    "id", "name",
                    "offer_constraints", "offered_resources", "offers", "recovered", "registered_time", "resources", "roles", "tasks",
                    "unreachable_tasks", "unregistered_time", "used_resources", "user", "webui_url",
                ]
                #expect(Set(frameworkKeys).subtracting(framework.keys).isEmpty)
                #expect(framework["capabilities"] as? [String] == ["MULTI_ROLE", "PARTITION_AWARE"])
                let task = try #require(at(framework, "tasks", "0") as? [String: Any])
                let taskKeys = ["executor_id", "framework_id", "id", "name", "resources", "role", "slave_id", "state", "statuses"]
                #expect(Set(taskKeys).subtracting(task.keys).isEmpty)
                #expect(task["state"] as? String == "TASK_STAGING")
                #expect(task["role"] as? String == "eng")
            }
        }
    }

    @Test func operatorCallsHaveTheKeysOfMesos() async throws {
        try await Self.running { master in
            let state = try await master.post("/api/v1", #"{"type": "GET_STATE"}"#).json()
            #expect(state["type"] as? String == "GET_STATE")
            let agent = try #require(at(state, "get_state", "get_agents", "agents", "0") as? [String: Any])
            #expect(
                Set(["active", "agent_info", "allocated_resources", "deactivated", "pid", "registered_time", "total_resources", "version"])
                    .subtracting(agent.keys).isEmpty
            )
            #expect(at(agent, "total_resources", "0", "role") as? String == "*")
            let framework = try #require(at(state, "get_state", "get_frameworks", "frameworks", "0") as? [String: Any])
            #expect(
                Set([
                    "active", "allocated_resources", "connected", "framework_info", "offer_constraints", "recovered", "registered_time",
                    "reregistered_time",
                ])
                .subtracting(framework.keys).isEmpty
            )
            #expect(at(state, "get_state", "get_tasks", "tasks", "0", "state") as? String == "TASK_STAGING")
            for (path, isEmpty) in [("completed_tasks", true), ("unreachable_tasks", true), ("tasks", false)] {
                #expect((at(state, "get_state", "get_tasks", path) as? [Any])?.isEmpty == isEmpty)
            }
            #expect((at(state, "get_state", "get_executors", "executors") as? [Any])?.isEmpty == true)
            let roles = try await master.post("/api/v1", #"{"type": "GET_ROLES"}"#).json()
            #expect(at(roles, "get_roles", "roles", "0", "name") as? String == "eng")
            let info = try await master.post("/api/v1", #"{"type": "GET_MASTER"}"#).json()
            #expect(at(info, "get_master", "master_info", "port") as? Int == master.port)
            let version = try await master.post("/api/v1", #"{"type": "GET_VERSION"}"#).json()
            #expect(at(version, "get_version", "version_info", "version") is String)
            let metrics = try await master.post("/api/v1", #"{"type": "GET_METRICS", "get_metrics": {}}"#).json()
            #expect((at(metrics, "get_metrics", "metrics") as? [Any])?.isEmpty == false)
            let flags = try await master.post("/api/v1", #"{"type": "GET_FLAGS"}"#).json()
            #expect((at(flags, "get_flags", "flags") as? [Any])?.isEmpty == false)
        }
    }

    @Test func pagesAnswer() async throws {
        try await withMaster { master in
            let health = try await master.send("GET", "/master/health")
            #expect(health.status == 200)
            #expect(health.body.isEmpty)
            let version = try await master.send("GET", "/version")
            #expect(version.headers["content-type"] == "application/json")
            #expect(
                Set(["version", "build_date", "build_time", "build_user", "git_branch", "git_sha"]).subtracting(try version.json().keys)
                    .isEmpty
            )
            let call = try await master.send("GET", "/version?jsonp=cb")
            #expect(call.headers["content-type"] == "text/javascript")
            #expect(call.text.hasPrefix("cb({") && call.text.hasSuffix("})"))
            #expect(try await master.send("GET", "/version?jsonp=a(b").status == 400)
        }
    }

    @Test func redirectLeadsToTheLeader() async throws {
        try await withMaster { master in
            let answer = try await master.sendWithoutFollowing("/redirect")
            #expect(answer.status == 307)
            #expect(answer.headers["location"] == "//127.0.0.1:\(master.port)")
        }
    }

    @Test func metricsAreThereForBoth() async throws {
        try await Self.running { master in
            let snapshot = try await master.send("GET", "/metrics/snapshot").json()
            #expect(snapshot["master/slaves_active"] as? Double == 1)
            #expect(snapshot["master/frameworks_connected"] as? Double == 1)
            #expect(snapshot["master/tasks_staging"] as? Double == 1)
            #expect(snapshot["master/cpus_total"] as? Double == 16)
            #expect(snapshot["master/cpus_used"] as? Double == 0.1)
            let text = try await master.send("GET", "/metrics")
            #expect(text.headers["content-type"]?.hasPrefix("text/plain") == true)
            for line in [
                "# TYPE agora_master_agents gauge", #"agora_master_agents{state="active"} 1"#, #"agora_master_tasks{state="staging"} 1"#,
                #"agora_master_cpus{kind="total"} 16"#, #"agora_master_memory_bytes{kind="allocated"} 33554432"#,
                #"agora_role_dominant_share{role="eng"} 0.00625"#, #"agora_master_scheduler_calls_total{type="accept"} 1"#,
                "# TYPE agora_master_allocation_seconds histogram",
            ] {
                #expect(text.text.contains("\n\(line)\n"), "\(line)")
            }
            #expect(text.text.contains(/\nagora_master_allocation_seconds_bucket\{le="\+Inf"\} [1-9]/))
        }
    }
}
