import Agent
import AsyncHTTPClient
import Foundation
import MesosAPI
import MesosMessages
import NIOHTTP1
import SwiftProtobuf
import TestSupport
import Testing

/// The executor API from outside, with the test in the place of the executor.
@Suite(.serialized) struct ExecutorAPITests {
    private static let idle = "exec sleep 1000"

    @Test(arguments: [MessageEncoding.json, .protobuf], ["/api/v1/executor", "/slave(1)/api/v1/executor"])
    func servesAnExecutor(encoding: MessageEncoding, path: String) async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["a": ""], command: Self.idle)
            let environment = try await agent.environment()
            #expect(environment["MESOS_AGENT_ENDPOINT"] == "127.0.0.1:\(agent.port)")
            #expect(environment["MESOS_SLAVE_PID"] == "slave(1)@127.0.0.1:\(agent.port)")
            let ids = Mesos_V1_Executor_Call.with {
                $0.frameworkID.value = "framework"
                $0.executorID.value = "exec"
            }
            var subscribe = ids
            subscribe.type = .subscribe
            subscribe.subscribe = .init()
            func post(_ call: Mesos_V1_Executor_Call) async throws -> Int {
                let body = Data(encoding.encode(call))
                return Int(try await agent.executorRequest(body, path: path, contentType: encoding.mediaType).status.code)
            }
            let response = try await agent.executorRequest(
                Data(encoding.encode(subscribe)),
                path: path,
                contentType: encoding.mediaType
            )
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "Content-Type") == encoding.mediaType)
            #expect(response.headers.first(name: "Mesos-Stream-Id") == nil)
            var events = ExecutorEvents(response, encoding)
            let subscribed = try #require(try await events.next())
            #expect(subscribed.type == .subscribed)
            #expect(subscribed.subscribed.agentInfo.port == Int32(agent.port))
            #expect(try await events.next()?.launch.task.taskID.value == "a")
            var update = ids
            update.type = .update
            update.update.status = .with {
                $0.taskID.value = "a"
                $0.state = .taskRunning
                $0.source = .executor
                $0.uuid = Data(repeating: 5, count: 16)
                $0.data = Data("result".utf8)
            }
            #expect(try await post(update) == 202)
            #expect(try await events.next()?.acknowledged.uuid == Data(repeating: 5, count: 16))
            #expect(await agent.reaches("a", .taskRunning))
            #expect(agent.master.last("a")?.data == Data("result".utf8))
            var message = ids
            message.type = .message
            message.message.data = Data([0, 255])
            #expect(try await post(message) == 202)
            #expect(await eventually { agent.master.messages.first?.data == Data([0, 255]) })
            agent.killTask("a", graceSeconds: 3)
            #expect(try await events.next()?.kill.killPolicy.gracePeriod.nanoseconds == 3_000_000_000)
        }
    }

    @Test func endsTheOlderOfTwoSubscriptions() async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["a": ""], command: Self.idle)
            _ = try await agent.environment()
            var first = ExecutorEvents(try await agent.executorRequest(Data(AgentFixture.subscribe.utf8)))
            #expect(try await first.next()?.type == .subscribed)
            #expect(try await first.next()?.type == .launch)
            var second = ExecutorEvents(try await agent.executorRequest(Data(AgentFixture.subscribe.utf8)))
            #expect(try await second.next()?.type == .subscribed)
            #expect(try await first.next() == nil)
            #expect(await agent.reaches("a", .taskDropped), "the second does not say that it knows the task")
            #expect(try await agent.executorCall(AgentFixture.update("x", "TASK_RUNNING")).0 == 202)
            #expect(try await second.next()?.type == .acknowledged)
        }
    }

    @Test func refusesWhatIsWrong() async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["a": ""], command: Self.idle)
            _ = try await agent.environment()
            let cases: [(String, Int, String)] = [
                ("", 400, ""), ("{", 400, ""), ("[]", 400, ""), ("{}", 400, ""), (String(repeating: "[", count: 100_000), 400, ""),
                (AgentFixture.call("NONSENSE"), 400, "type"), (AgentFixture.call("UNKNOWN"), 501, "UNKNOWN"),
                (AgentFixture.call("SUBSCRIBE"), 400, "subscribe"), (AgentFixture.call("UPDATE"), 400, "update"),
                (AgentFixture.call("MESSAGE"), 400, "message"),
                (AgentFixture.call("SUBSCRIBE", executor: "other", ",\"subscribe\":{}"), 400, "other"),
                (AgentFixture.subscribe.replacing("framework\"}", with: "nobody\"}"), 400, "nobody"),
                (AgentFixture.call("SUBSCRIBE", executor: "../../etc", ",\"subscribe\":{}"), 400, "executor_id"),
                (AgentFixture.update("a", "TASK_RUNNING"), 403, "SUBSCRIBE"),
                (Self.update(checkStatus: "{}"), 400, "check_status"), (Self.update(checkStatus: #"{"type":"TCP"}"#), 400, "check_status"),
                (Self.update(checkStatus: #"{"type":"COMMAND","tcp":{}}"#), 400, "check_status"),
                (Self.update(checkStatus: #"{"type":"COMMAND","command":{}}"#), 403, "SUBSCRIBE"),
                (AgentFixture.call("MESSAGE", ",\"message\":{\"data\":\"\"}"), 403, "SUBSCRIBE"),
                (AgentFixture.call("HEARTBEAT"), 202, ""), (AgentFixture.call("HEARTBEAT", executor: "nobody"), 202, ""),
            ]
            for (body, status, word) in cases {
                let answer = try await agent.executorCall(body)
                #expect(answer.0 == status, "\(body.prefix(100)): \(answer.1)")
                #expect(word.isEmpty || answer.1.contains(word), "\(body.prefix(100)): \(answer.1)")
            }
            #expect(try await agent.executorCall("x", contentType: "text/plain").0 == 415)
            #expect(try await agent.get("/api/v1/executor").0 == 405)
            let huge = AgentFixture.call("MESSAGE", ",\"message\":{\"data\":\"\(String(repeating: "A", count: 30 << 20))\"}")
            #expect(try await agent.executorCall(huge).0 == 400)
            #expect(agent.master.states("a").isEmpty)
        }
    }

    private static func update(checkStatus: String) -> String {
        AgentFixture.update("a", "TASK_RUNNING").replacing(#""status":{"#, with: #""status":{"check_status":\#(checkStatus),"#)
    }

    @Test func bindsTokensToContainers() async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["a": ""], command: Self.idle)
            agent.launchCustom(["b": ""], executor: "other", command: Self.idle)
            let token = try #require(try await agent.environment()["MESOS_EXECUTOR_AUTHENTICATION_TOKEN"])
            let others = try #require(try await agent.environment("other")["MESOS_EXECUTOR_AUTHENTICATION_TOKEN"])
            #expect(try await agent.executorCall(AgentFixture.subscribe, token: others).0 == 403)
            #expect(try await agent.executorCall(AgentFixture.subscribe, token: token + "x").0 == 401)
            #expect(try await agent.executorCall(AgentFixture.subscribe, token: "a.b.c").0 == 401)
            let parts = token.split(separator: ".").map(String.init)
            let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().replacing("=", with: "")
            #expect(try await agent.executorCall(AgentFixture.subscribe, token: "\(none).\(parts[1]).").0 == 401)
            #expect(try await agent.executorCall(AgentFixture.subscribe, token: token).0 == 200)

            let payload = try #require(Data(base64Encoded: Self.padded(parts[1])))
            let claims = try #require(json(String(decoding: payload, as: UTF8.self)))
            #expect(claims["fid"] as? String == "framework" && claims["eid"] as? String == "exec")
            let container = try #require(claims["cid"] as? String)
            let launch = """
                {"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":\(AgentFixture.id([container, "x"])),
                "command":{"value":"exit 3"}}}
                """
            let wait = """
                {"type":"WAIT_NESTED_CONTAINER","wait_nested_container":{"container_id":\(AgentFixture.id([container, "x"]))}}
                """
            let top = #"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"top"},"command":{"value":"true"}}}"#
            #expect(try await agent.executorCall(launch, token: others, path: "/api/v1").0 == 403)
            #expect(try await agent.executorCall(launch, token: token + "x", path: "/api/v1").0 == 401)
            #expect(try await agent.executorCall(launch, token: token, path: "/api/v1").0 == 200)
            #expect(try await agent.executorCall(wait, token: others, path: "/api/v1").0 == 403)
            #expect(try await agent.executorCall(wait, token: token, path: "/api/v1").0 == 200)
            #expect(try await agent.executorCall(top, token: token, path: "/api/v1").0 == 403)
            let mode = try FileManager.default.attributesOfItem(atPath: "\(agent.workDirectory)/meta/executor.key")[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    private static func padded(_ text: String) -> String {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
    }

    @Test func mayInsistOnTokens() async throws {
        try await AgentFixture.run({ $0.requiresExecutorTokens = true }) { agent in
            agent.launchCustom(["a": ""], command: Self.idle)
            let token = try #require(try await agent.environment()["MESOS_EXECUTOR_AUTHENTICATION_TOKEN"])
            let response = try await agent.executorRequest(Data(AgentFixture.subscribe.utf8))
            #expect(response.status == .unauthorized)
            #expect(response.headers.first(name: "WWW-Authenticate")?.contains("Bearer") == true)
            for body in ["{", AgentFixture.call("UNKNOWN"), AgentFixture.call("HEARTBEAT")] {
                #expect(try await agent.executorCall(body).0 == 401, "\(body)")
            }
            #expect(try await agent.executorCall("x", contentType: "text/plain").0 == 401)
            #expect(try await agent.executorCall("{", token: token).0 == 400)
            #expect(try await agent.executorCall(AgentFixture.subscribe, token: token).0 == 200)
        }
    }

    @Test func cutsOffAnExecutorThatDoesNotRead() async throws {
        try await AgentFixture.run { agent in
            agent.launchCustom(["a": ""], command: Self.idle)
            _ = try await agent.environment()
            let deaf = try await agent.executorRequest(Data(AgentFixture.subscribe.utf8))
            #expect(deaf.status == .ok)
            let data = Data(repeating: 7, count: 1 << 20)
            let isCutOff = try await eventually(within: .seconds(90)) {
                for _ in 0..<20 { agent.sendMessage(data) }
                return try await agent.get("/metrics/snapshot").1.contains("\"slave/invalid_framework_messages\":0.0,") == false
            }
            #expect(isCutOff)
            var again = ExecutorEvents(try await agent.executorRequest(Data(AgentFixture.subscribe.utf8)))
            #expect(try await again.next()?.type == .subscribed)
            withExtendedLifetime(deaf) {}
        }
    }
}
