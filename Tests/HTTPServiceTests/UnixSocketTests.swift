import Foundation
import HTTPService
import NIOHTTP1
import TestSupport
import Testing

/// A server on a unix domain socket.
struct UnixSocketTests {
    private func withPath(_ body: (String) async throws -> Void) async throws {
        let folder = URL(filePath: "/tmp/agora-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "s.sock").path)
    }

    private func failure(_ path: String) async -> HTTPServiceError? {
        await #expect(throws: HTTPServiceError.self) {
            try await TestServer.with(HTTPServerConfiguration(unixSocketPath: path), { _ in }) { _ in }
        }
    }

    @Test func answersEveryUserAndLeavesNothing() async throws {
        try await withPath { path in
            let routes = { (router: inout Router) in router.on(.get, "/hello") { $1.respond(200, body: Array("hello".utf8)) } }
            try await TestServer.with(HTTPServerConfiguration(unixSocketPath: path), routes) { server in
                let base = "http+unix://\(path.replacingOccurrences(of: "/", with: "%2F"))"
                let answer = try await server.request(.GET, "/hello", headers: [("Host", "agent")], at: base)
                #expect(answer.status == 200, "\(answer.body)")
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(mode as? Int == 0o666)
                #expect(await failure(path)?.description.contains("another process listens there") == true)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func replacesADeadSocketAndNothingElse() async throws {
        try await withPath { path in
            try Data("precious".utf8).write(to: URL(filePath: path))
            #expect(await failure(path)?.description.contains("something else than a socket") == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
            try FileManager.default.removeItem(atPath: path)
            let script = "import socket; socket.socket(socket.AF_UNIX).bind('\(path)')"
            #expect(try await Program.run("/usr/bin/python3", ["-c", script]).status == 0)
            #expect(FileManager.default.fileExists(atPath: path))
            try await TestServer.with(HTTPServerConfiguration(unixSocketPath: path), { _ in }) { _ in }
        }
    }

    @Test(arguments: ["relative.sock", "/tmp/", "/no/such/folder/s.sock", "/tmp/" + String(repeating: "x", count: 103)])
    func refusesAPathThatCannotBe(path: String) async {
        #expect(await failure(path)?.description.contains("unix domain socket") == true)
    }
}
