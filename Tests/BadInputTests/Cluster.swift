import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// The cluster of one machine that all tests of a suite give their bad input to.
struct Cluster: Sendable {
    let local: AgoraLocal
    /// The work folder.
    let folder: URL

    @TaskLocal private static var shared: Cluster?

    /// That of the running suite.
    static func current() throws -> Cluster {
        try #require(shared, "the suite has no cluster: mark it @Suite(.serialized, .oneCluster)")
    }

    /// Runs `agora run` with the arguments and ends with what a user sees of it.
    func run(_ arguments: [String]) async throws -> Ended {
        await (try Program.agora(["run"] + arguments, environment: ["AGORA_MASTER": local.master])).ended()
    }

    /// POSTs a call to the agent's API as JSON.
    func callAgent(_ json: String) async throws -> Answer {
        try await post(local.agentPort, "/api/v1", Array(json.utf8))
    }

    /// Launches a container by the agent's API: its path of ids, its command as JSON, and more fields of the call.
    func launch(_ path: [String], _ command: String = #"{"value":"true"}"#, more: String = "") async throws -> Answer {
        let id = path.reduce("") { parent, name in #"{"value":"\#(name)"\#(parent.isEmpty ? "" : #","parent":\#(parent)"#)}"# }
        return try await callAgent(
            #"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":\#(id),"command":\#(command)\#(more)}}"#
        )
    }

    func post(
        _ port: Int,
        _ path: String,
        _ body: [UInt8],
        type: String = "application/json",
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: type)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return Answer(status: Int(response.status.code), text: String(buffer: try await response.body.collect(upTo: 16 << 20)))
    }

    /// Checks that the cluster has taken no harm: the same process serves, and runs a command.
    func expectWell(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(local.process.isRunning, comment, sourceLocation: sourceLocation)
        for port in [local.masterPort, local.agentPort] {
            let health = try await post(port, "/api/v1", Array(#"{"type":"GET_HEALTH"}"#.utf8))
            #expect(health.status == 200, comment, sourceLocation: sourceLocation)
        }
        let hello = try await run(["--", "echo", "still here"])
        #expect(hello.status == 0 && hello.output == "still here\n", "\(hello.errors)", sourceLocation: sourceLocation)
    }
}

/// An answer over HTTP, read to its end.
struct Answer: Sendable {
    let status: Int
    let text: String
}

extension Cluster {
    /// Starts a cluster in the folder, has the body use it, and checks that it ends in order with nothing left behind.
    static func run(in folder: URL, _ body: @Sendable (Cluster) async throws -> Void) async throws {
        var learned: LeftBehind?
        try await AgoraLocal.run(arguments: ["--work-dir", folder.path]) { local in
            let cluster = Cluster(local: local, folder: folder)
            let leftBehind = try await cluster.learnWhereContainersAre()
            learned = leftBehind
            try await $shared.withValue(cluster) { try await body(cluster) }
            #expect(await eventually { leftBehind.all.isEmpty }, "while the cluster runs: \(leftBehind.all)")
            #expect(await local.process.stop())
        }
        let leftBehind = try #require(learned)
        #expect(leftBehind.all.isEmpty, "after its end: \(leftBehind.all)")
    }

    private func learnWhereContainersAre() async throws -> LeftBehind {
        let id = #"{"container_id":{"value":"first"}}"#
        try #require(try await launch(["first"], #"{"value":"exec sleep 1000"}"#).status == 200)
        // It is seen by its environment, which it has only once it has been executed.
        _ = await eventually { LeftBehind(folder: folder.path) != nil }
        let leftBehind = try #require(LeftBehind(folder: folder.path), "a running container has no cgroup of Agora's")
        for (type, key) in [("KILL", "kill"), ("WAIT", "wait"), ("REMOVE", "remove")] {
            try #require(try await callAgent(#"{"type":"\#(type)_CONTAINER","\#(key)_container":\#(id)}"#).status == 200)
        }
        return leftBehind
    }
}

/// Gives a suite one cluster for all its tests.
struct OneCluster: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing body: @Sendable () async throws -> Void
    ) async throws {
        try await withScratchDirectory { folder in
            try await Cluster.run(in: folder) { cluster in
                try await body()
                try await cluster.expectWell()
            }
        }
    }
}

extension Trait where Self == OneCluster {
    static var oneCluster: OneCluster { OneCluster() }
}
