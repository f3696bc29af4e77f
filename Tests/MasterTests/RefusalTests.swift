import Foundation
import Testing

@Suite struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var method = "POST"
        let path: String
        var contentType: String? = "application/json"
        var accept: String? = "application/json"
        var token: String?
        var body: [UInt8] = []
        let status: Int

        var testDescription: String { "\(path) \(name)" }

        var headers: [(String, String)] {
            [("Content-Type", contentType), ("Accept", accept), ("Mesos-Stream-Id", token)].compactMap { name, value in
                value.map { (name, $0) }
            }
        }
    }

    private static func json(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let subscribeX = json(#"{"subscribe": {"framework_info": {"name": "x", "user": "root"}}, "type": "SUBSCRIBE"}"#)

    /// What a recorded Mesos answered to the same requests.
    @Test(arguments: [
        Case(name: "wrong method", method: "GET", path: "/api/v1", status: 405),
        Case(name: "no content type", path: "/api/v1", contentType: nil, body: json("{}"), status: 400),
        Case(name: "foreign content type", path: "/api/v1", contentType: "text/plain", body: json("{}"), status: 415),
        Case(name: "broken JSON", path: "/api/v1", body: json("{"), status: 400),
        Case(name: "not an object", path: "/api/v1", body: json("[]"), status: 400),
        Case(name: "empty body", path: "/api/v1", status: 400),
        Case(name: "no type", path: "/api/v1", body: json("{}"), status: 400),
        Case(name: "unknown type", path: "/api/v1", body: json(#"{"type": "NO_SUCH"}"#), status: 400),
        Case(name: "type UNKNOWN", path: "/api/v1", body: json(#"{"type": "UNKNOWN"}"#), status: 501),
        Case(name: "unacceptable accept", path: "/api/v1", accept: "text/html", body: json(#"{"type": "GET_HEALTH"}"#), status: 406),
        Case(name: "no accept", path: "/api/v1", accept: nil, body: json(#"{"type": "GET_HEALTH"}"#), status: 200),
        Case(name: "unknown field", path: "/api/v1", body: json(#"{"no_such_field": {"a": 1}, "type": "GET_HEALTH"}"#), status: 200),
        Case(name: "protobuf in, JSON out", path: "/api/v1", contentType: "application/x-protobuf", body: [8, 1], status: 200),
        Case(name: "broken protobuf", path: "/api/v1", contentType: "application/x-protobuf", body: [0xff, 0xff], status: 400),
        Case(name: "no stream there", path: "/api/v1", accept: "application/recordio", body: json(#"{"type": "GET_HEALTH"}"#), status: 406),
        Case(name: "metrics without body", path: "/api/v1", body: json(#"{"type": "GET_METRICS"}"#), status: 400),
        Case(name: "not built", path: "/api/v1", body: json(#"{"type": "GET_QUOTA"}"#), status: 501),
        Case(name: "wrong method", method: "GET", path: "/api/v1/scheduler", status: 405),
        Case(name: "subscribe without its body", path: "/api/v1/scheduler", body: json(#"{"type": "SUBSCRIBE"}"#), status: 400),
        Case(
            name: "required name is missing",
            path: "/api/v1/scheduler",
            body: json(#"{"subscribe": {"framework_info": {"user": "root"}}, "type": "SUBSCRIBE"}"#),
            status: 400
        ),
        Case(name: "stream id with SUBSCRIBE", path: "/api/v1/scheduler", token: "abc", body: subscribeX, status: 400),
        Case(name: "accept refused", path: "/api/v1/scheduler", accept: "text/html", body: subscribeX, status: 406),
        Case(
            name: "unknown framework",
            path: "/api/v1/scheduler",
            body: json(#"{"decline": {"offer_ids": []}, "framework_id": {"value": "none"}, "type": "DECLINE"}"#),
            status: 400
        ),
        Case(name: "no framework id", path: "/api/v1/scheduler", body: json(#"{"type": "TEARDOWN"}"#), status: 400),
        Case(name: "prefix", path: "/master/api/v1/scheduler", body: json(#"{"type": "TEARDOWN"}"#), status: 400),
        Case(
            name: "heartbeat of nobody",
            path: "/api/v1/agent",
            body: json(#"{"type": "HEARTBEAT", "agent_id": {"value": "x"}}"#),
            status: 400
        ),
        Case(name: "subscribe without its body", path: "/api/v1/agent", body: json(#"{"type": "SUBSCRIBE"}"#), status: 400),
        Case(name: "deep nonsense", path: "/api/v1/scheduler", body: [UInt8](repeating: UInt8(ascii: "["), count: 100_000), status: 400),
        Case(name: "nothing there", method: "GET", path: "/nothing", status: 404),
        Case(name: "nothing there", method: "GET", path: "/state.json", status: 404),
        Case(name: "nothing there", method: "GET", path: "/redirect/x", status: 404),
    ])
    func brokenRequestsAreAnsweredAsMesosDoes(_ example: Case) async throws {
        try await withMaster { master in
            let answer = try await master.send(example.method, example.path, headers: example.headers, body: example.body)
            #expect(answer.status == example.status, "\(answer.text)")
            if example.status == 405 { #expect(answer.headers["allow"] == "POST") }
            if example.status >= 400 {
                #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
                #expect(!answer.text.isEmpty)
            } else {
                #expect(try answer.json()["type"] as? String == "GET_HEALTH")
            }
        }
    }

    @Test func aBadRoleIsToldOnTheStream() async throws {
        try await withMaster { master in
            let stream = try await master.open(
                "/api/v1/scheduler",
                #"{"subscribe": {"framework_info": {"capabilities": [{"type": "MULTI_ROLE"}], "name": "x", "roles": ["a//b"], "user": "root"}}, "type": "SUBSCRIBE"}"#
            )
            #expect(stream.status == 200)
            #expect(stream.contentType == "application/json")
            #expect(!stream.token.isEmpty)
            #expect(try await stream.event()["type"] as? String == "ERROR")
            #expect(try await stream.next() == nil)
        }
    }
}
