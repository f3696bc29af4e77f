import HTTPService
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf
import Testing

/// Calls of the v1 API and their answers: what recorded conversations with a Mesos master show.
struct CallEndpointTests {
    private typealias Call = Mesos_V1_Master_Call

    private func routes(_ router: inout Router) {
        router.onCall(["/api/v1", "/master/api/v1"], Call.self) { call, responder in
            switch call.type {
            case .getHealth:
                var response = Mesos_V1_Master_Response()
                response.type = .getHealth
                response.getHealth.healthy = true
                responder.respond(response)
            case .getFlags:
                responder.accept()
            default:
                responder.refuse(501, "not built")
            }
        }
    }

    private static let getHealth = #"{"type": "GET_HEALTH"}"#
    private static let binaryGetHealth = String(
        decoding: MessageEncoding.protobuf.encode(Call.with { $0.type = .getHealth }),
        as: UTF8.self
    )
    private static let json = ("Content-Type", "application/json")

    @Test(
        arguments: [
            ([json, ("Accept", "application/json")], getHealth, 200, "application/json"),
            ([json], getHealth, 200, "application/json"),
            ([json, ("Accept", "*/*")], getHealth, 200, "application/json"),
            ([("Content-Type", "application/json; charset=utf-8")], getHealth, 200, "application/json"),
            ([json, ("Accept", "application/x-protobuf")], getHealth, 200, "application/x-protobuf"),
            ([("Content-Type", "application/x-protobuf"), ("Accept", "application/json")], binaryGetHealth, 200, "application/json"),
            ([json, ("Accept", "text/html")], #"{"type": "GET_FLAGS"}"#, 202, ""),
            ([json], #"{"type": "UNKNOWN"}"#, 501, "text/plain"),
            ([("Accept", "application/json")], getHealth, 400, "text/plain"),
            ([("Content-Type", "text/plain")], getHealth, 415, "text/plain"),
            ([("Content-Type", "application/recordio")], getHealth, 415, "text/plain"),
            ([json, ("Message-Content-Type", "application/json")], getHealth, 415, "text/plain"),
            ([json, ("Accept", "text/html")], getHealth, 406, "text/plain"),
            ([json, ("Accept", "application/recordio")], getHealth, 406, "text/plain"),
            ([json, ("Message-Accept", "application/json")], getHealth, 406, "text/plain"),
            ([json], "{", 400, "text/plain"),
            ([json], "[]", 400, "text/plain"),
            ([json], "", 400, "text/plain"),
            ([json], #"{"type": "GET_HEALTH", "no_such_field": {"a": 1}}"#, 200, "application/json"),
            ([("Content-Type", "application/x-protobuf")], "ÿÿ", 400, "text/plain"),
        ] as [([(String, String)], String, Int, String)]
    )
    func isAnsweredAsByMesos(headers: [(String, String)], body: String, status: Int, contentType: String) async throws {
        try await TestServer.with(HTTPLimits(), routes) { server in
            for path in ["/api/v1", "/master/api/v1"] {
                let answer = try await server.request(.POST, path, headers: headers, body: ByteBuffer(string: body))
                #expect(answer.status == status)
                #expect(answer.headers["Content-Type"] == (contentType.isEmpty ? [] : [contentType]))
                guard status == 200, let encoding = MessageEncoding.allCases.first(where: { $0.mediaType == contentType }) else { continue }
                let response = try encoding.decode(Mesos_V1_Master_Response.self, from: Array(answer.body.utf8))
                #expect(response.getHealth.healthy)
            }
        }
    }

    @Test func otherMethodsAreRefused() async throws {
        try await TestServer.with(HTTPLimits(), routes) { server in
            let answer = try await server.request(.GET, "/api/v1")
            #expect(answer.status == 405)
            #expect(answer.headers["Allow"] == ["POST"])
        }
    }

    @Test(arguments: MessageEncoding.allCases) func eventsArriveAsRecords(encoding: MessageEncoding) async throws {
        let opened = Events<EventStream<Mesos_V1_Master_Event>>()
        let add = { (router: inout Router) in
            router.onCall(["/api/v1"], Call.self) { _, responder in
                do throws(Refusal) {
                    opened.add(
                        responder.stream(
                            of: Mesos_V1_Master_Event.self,
                            try responder.eventEncoding(),
                            headers: [("Mesos-Stream-Id", "abc")],
                            maximumBufferedBytes: 1 << 20,
                            onClose: {}
                        )
                    )
                } catch {
                    responder.refuse(error)
                }
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            async let answer = server.request(
                .POST,
                "/api/v1",
                headers: [Self.json, ("Accept", encoding.mediaType)],
                body: ByteBuffer(string: #"{"type": "SUBSCRIBE"}"#)
            )
            let stream = try await opened.next()
            #expect(stream.encoding == encoding)
            for type in [Mesos_V1_Master_Event.TypeEnum.heartbeat, .taskAdded, .heartbeat] {
                #expect(stream.send(.with { $0.type = type }))
            }
            stream.finish()
            #expect(!stream.send(.with { $0.type = .heartbeat }))
            let received = try await answer
            #expect(received.headers["Content-Type"] == [encoding.mediaType])
            #expect(received.headers["Mesos-Stream-Id"] == ["abc"])
            var decoder = RecordIODecoder(maximumRecordLength: 1000)
            decoder.append(received.body.utf8)
            var types: [Mesos_V1_Master_Event.TypeEnum] = []
            while let record = try decoder.next() {
                types.append(try encoding.decode(Mesos_V1_Master_Event.self, from: record).type)
            }
            #expect(types == [.heartbeat, .taskAdded, .heartbeat])
        }
    }
}
