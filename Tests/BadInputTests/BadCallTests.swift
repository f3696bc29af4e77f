import Foundation
import TestSupport
import Testing

/// Bodies that are no calls, and calls for containers that cannot be.
@Suite(.serialized, .oneCluster) struct BadCallTests {
    /// Where calls are taken.
    enum Place: CaseIterable, Sendable {
        case operators, schedulers, agents, containers

        var path: String {
            switch self {
            case .operators, .containers: "/api/v1"
            case .schedulers: "/api/v1/scheduler"
            case .agents: "/api/v1/agent"
            }
        }

        func port(_ cluster: Cluster) -> Int { self == .containers ? cluster.local.agentPort : cluster.local.masterPort }
    }

    @Test(arguments: Place.allCases) func brokenProtobuf(at place: Place) async throws {
        let cluster = try Cluster.current()
        let bytes: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f]
        let answer = try await cluster.post(place.port(cluster), place.path, bytes, type: "application/x-protobuf")
        #expect(answer.status == 400)
        #expect(answer.text.contains("in protobuf's binary form"), "\(answer.text)")
    }

    @Test(arguments: Place.allCases) func nestedTenThousandDeep(at place: Place) async throws {
        let cluster = try Cluster.current()
        let body = #"{"type":"GET_HEALTH","x":"# + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000) + "}"
        let answer = try await cluster.post(place.port(cluster), place.path, Array(body.utf8))
        #expect(answer.status == 400)
        #expect(answer.text.contains("values are nested too deep"), "\(answer.text)")
    }

    @Test(arguments: Place.allCases, [true, false]) func aHundredMegabytes(at place: Place, asksFirst: Bool) async throws {
        let cluster = try Cluster.current()
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "body")
            try Data().write(to: file)
            #expect(truncate(file.path, 100_000_000) == 0)
            let before = try Memory(of: cluster.local.process.pid)
            // With an empty Expect, curl sends at once instead of asking whether it may.
            let answer = try await Curl.post(
                "http://127.0.0.1:\(place.port(cluster))\(place.path)",
                ["-H", "Content-Type: application/json"] + (asksFirst ? [] : ["-H", "Expect:"]) + ["--data-binary", "@\(file.path)"]
            )
            #expect(answer.status == 413)
            #expect(answer.text.contains("at most 67108864 bytes are taken"), "\(answer.text)")
            let after = try Memory(of: cluster.local.process.pid)
            #expect(after.peakKiB - before.peakKiB < 80 << 10, "\(before) \(after)")
        }
    }

    @Test(arguments: [
        ("a/b", "container id 'a/b': must not contain a slash"),
        ("../../x", "container id '../../x': must not contain a slash"),
        ("..", "container id '..': is the name of a folder itself"),
        ("a.b", "container id 'a.b': must not contain '.' or a space"),
        ("a b", "container id 'a b': must not contain '.' or a space"),
        (#"a\nb"#, #"container id 'a\nb': must not contain control characters"#),
        (#"a\u0000b"#, "must not contain control characters"),
        ("", "container id '': must not be empty"),
        (String(repeating: "x", count: 243), "is 243 bytes long; 242 are allowed"),
    ])
    func aBadContainerID(_ id: String, _ message: String) async throws {
        let answer = try await Cluster.current().launch([id])
        #expect(answer.status == 400)
        #expect(answer.text.hasPrefix("container_id: ") && answer.text.contains(message), "\(answer.text)")
    }

    @Test(arguments: [
        (#","resources":[{"name":"mem","type":"SCALAR","scalar":{"value":-1}}]"#, "resource 'mem': an amount must not be negative"),
        (#","resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":1e300}}]"#, "resource 'cpus': an amount must be at most"),
        (volume("/no/such/path", "/mnt"), "cannot open /no/such/path for the volume at /mnt"),
        (volume("../..", "/mnt"), "source.host_path.path must not be empty and must not contain"),
        (volume("/tmp", "../../etc"), "container_path must not be empty and must not contain"),
    ])
    func aContainerThatCannotBe(_ more: String, _ message: String) async throws {
        let cluster = try Cluster.current()
        let answer = try await cluster.launch(["bad"], more: more)
        #expect(answer.status == 400)
        #expect(answer.text.contains(message), "\(answer.text)")
        #expect(!FileManager.default.fileExists(atPath: cluster.folder.appending(path: "agent/containers/bad").path))
    }

    private static func volume(_ hostPath: String, _ path: String) -> String {
        #","container":{"type":"MESOS","volumes":[{"mode":"RW","container_path":"\#(path)""#
            + #","source":{"type":"HOST_PATH","host_path":{"path":"\#(hostPath)"}}}]}"#
    }

    @Test func anUnknownUser() async throws {
        let answer = try await Cluster.current().launch(["bad"], #"{"value":"true","user":"no-such-user"}"#)
        #expect(answer.status == 400)
        #expect(answer.text.contains("there is no user \"no-such-user\""), "\(answer.text)")
    }

    @Test func aProgramThatDoesNotExist() async throws {
        let cluster = try Cluster.current()
        #expect(try await cluster.launch(["missing"], #"{"shell":false,"value":"/no/such/program"}"#).status == 200)
        let id = #"{"container_id":{"value":"missing"}}"#
        let wait = try await cluster.callAgent(#"{"type":"WAIT_CONTAINER","wait_container":\#(id)}"#)
        #expect(wait.text.contains(#""exit_status":32512"#), "\(wait.text)")
        let errors = cluster.folder.appending(path: "agent/containers/missing/stderr")
        #expect(try String(contentsOf: errors, encoding: .utf8).contains("cannot run \"/no/such/program\": No such file"))
        #expect(try await cluster.callAgent(#"{"type":"REMOVE_CONTAINER","remove_container":\#(id)}"#).status == 200)
        #expect(!FileManager.default.fileExists(atPath: errors.path))
    }

    @Test func aThirtyThirdLevel() async throws {
        let cluster = try Cluster.current()
        var path: [String] = []
        for level in 1...32 {
            path.append("level-\(level)")
            let answer = try await cluster.launch(path, #"{"value":"exec sleep 1000"}"#)
            #expect(answer.status == 200, "level \(level): \(answer.text)")
        }
        let answer = try await cluster.launch(path + ["level-33"])
        #expect(answer.status == 400)
        #expect(answer.text.contains("32"), "\(answer.text)")
        let top = #"{"container_id":{"value":"level-1"}}"#
        #expect(try await cluster.callAgent(#"{"type":"KILL_CONTAINER","kill_container":\#(top)}"#).status == 200)
        #expect(try await cluster.callAgent(#"{"type":"WAIT_CONTAINER","wait_container":\#(top)}"#).status == 200)
        #expect(try await cluster.callAgent(#"{"type":"REMOVE_CONTAINER","remove_container":\#(top)}"#).status == 200)
    }
}
