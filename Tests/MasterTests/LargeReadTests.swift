import Foundation
import MesosAPI
import MesosMessages
import TestSupport
import Testing

/// Calls whose answers grow with the cluster: they come in pieces, the same in every form.
@Suite struct LargeReadTests {
    private static let calls = ["GET_STATE", "GET_AGENTS", "GET_FRAMEWORKS", "GET_EXECUTORS", "GET_TASKS"]

    /// Tasks whose labels are so long that the state has several pieces.
    ///
    /// - Parameter largest: how long the longest of them is.
    private func withLargeState(largest: Int = 300_000, _ body: (MasterClient) async throws -> Void) async throws {
        try await withMaster { master in
            let life = try await PageTasks(master)
            for number in 0..<2 { try await life.run("t\(number)", more: Self.label(letters: 80_000)) }
            try await life.run("largest", more: Self.label(letters: largest))
            try await body(master)
        }
    }

    /// Clients refuse what packs too well.
    static func label(letters: Int) -> String {
        let value = (0..<letters / 16).map { _ in String(UInt64.random(in: 1 << 60 ... .max), radix: 16) }.joined()
        return #", "labels": {"labels": [{"key": "k", "value": "\#(value)"}]}"#
    }

    private func post(_ call: String, _ master: MasterClient, accept: String) async throws -> Answer {
        let headers = [("Content-Type", "application/json"), ("Accept", accept), ("Accept-Encoding", "identity")]
        return try await master.send("POST", "/api/v1", headers: headers, body: Array(#"{"type": "\#(call)"}"#.utf8))
    }

    @Test func everyFormSaysTheSame() async throws {
        try await withLargeState { master in
            for call in Self.calls {
                let json = try await post(call, master, accept: "application/json")
                #expect(json.status == 200)
                #expect(json.headers["content-type"] == "application/json")
                let message = try MesosJSON.decode(Mesos_V1_Master_Response.self, from: json.body)
                // As it is when it is made at once.
                #expect(MesosJSON.encode(message) == json.body)
                let binary = try await post(call, master, accept: "application/x-protobuf")
                #expect(binary.headers["content-type"] == "application/x-protobuf")
                #expect(try MessageEncoding.protobuf.decode(Mesos_V1_Master_Response.self, from: binary.body) == message)
                #expect(binary.body == MessageEncoding.protobuf.encode(message))
            }
        }
    }

    @Test func isCompressedForThoseWhoTakeIt() async throws {
        try await withLargeState { master in
            for accept in ["application/json", "application/x-protobuf"] {
                let body = #"-H 'Content-Type: application/json' -H 'Accept: \#(accept)' -d '{"type": "GET_STATE"}'"#
                func sum(_ more: String) async throws -> String {
                    let line = "curl -s \(more) \(body) http://127.0.0.1:\(master.port)/api/v1 | sha256sum"
                    return try await Program.run("sh", ["-c", line]).output
                }
                let plain = try await sum("")
                #expect(try await sum("--compressed") == plain)
                #expect(try await sum("-H 'Accept-Encoding: gzip'") != plain)
                #expect(try await sum("-H 'Accept-Encoding: gzip' --http1.0") != plain)
            }
        }
    }

    @Test func comesInPiecesOnlyIfItIsLong() async throws {
        try await withMaster { master in
            let short = try await post("GET_STATE", master, accept: "application/json")
            #expect(short.headers["content-length"] == "\(short.body.count)")
        }
        // One task may be longer than what waits in a connection.
        try await withLargeState(largest: 3_000_000) { master in
            for accept in ["application/json", "application/x-protobuf"] {
                let long = try await post("GET_STATE", master, accept: accept)
                #expect(long.headers["transfer-encoding"] == "chunked")
            }
            for page in ["/state", "/frameworks"] {
                let long = try await master.send("GET", page, headers: [("Accept-Encoding", "identity")])
                #expect(long.headers["transfer-encoding"] == "chunked")
                #expect(try !long.json().isEmpty)
            }
            // A query for a function is for pages alone.
            let headers = [("Content-Type", "application/json")]
            let answer = try await master.send("POST", "/api/v1?jsonp=f", headers: headers, body: Array(#"{"type": "GET_STATE"}"#.utf8))
            #expect(answer.text.hasPrefix("{"))
        }
    }

    /// Many ask at once for what is large, some of them leave in the middle.
    @Test func manyAskAtOnce() async throws {
        try await withLargeState { master in
            let whole = try await post("GET_STATE", master, accept: "application/json").body
            let deaf = try (0..<10).map { _ in try DeafReader(port: master.port, request: #"{"type": "GET_STATE"}"#) }
            defer { for reader in deaf { reader.close() } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let call = Self.calls[number % Self.calls.count]
                    group.addTask {
                        let answer = try await post(call, master, accept: "application/json")
                        #expect(answer.status == 200)
                        if call == "GET_STATE" { #expect(answer.body == whole) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func refusals() async throws {
        try await withMaster { master in
            for call in Self.calls {
                let unwanted = try await post(call, master, accept: "text/html")
                #expect(unwanted.status == 406)
                let types = [("Content-Type", "text/plain")]
                let body = Array(#"{"type": "\#(call)"}"#.utf8)
                #expect(try await master.send("POST", "/api/v1", headers: types, body: body).status == 415)
                #expect(try await master.send("POST", "/api/v1", body: body).status == 400)
            }
        }
    }
}
