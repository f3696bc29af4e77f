import HTTPService
import Logging
import MesosAPI
import MesosMessages
import SwiftProtobuf

@testable import AgoraCommands

/// An agent that answers about files what a test says, whether or not that makes sense.
struct FakeSandbox: Sendable {
    /// A path below the sandbox, with what LIST_FILES answers of it: the paths as they are sent, and their modes.
    var folders: [String: [(path: String, mode: UInt32)]] = [:]
    /// What every folder holds that is not named above.
    var everyFolder: [(path: String, mode: UInt32)] = []
    var files: [String: String] = [:]
    /// Files whose answer ends in the middle.
    var broken: Set<String> = []

    static let directory = "/sandbox"

    /// Serves while `body` runs.
    func serve(_ body: (SandboxSource) async throws -> Void) async throws {
        var router = Router()
        router.on(.post, "/api/v1") { request, responder in self.list(request, responder) }
        router.on(.get, "/files/download") { request, responder in self.download(request.query["path"] ?? "", responder) }
        let server = try await HTTPServer.start(
            HTTPServerConfiguration(host: "127.0.0.1", port: 0),
            router: router,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await Connection.with { connection in
                let client = AgentClient(connection: connection, agent: Endpoint(host: "127.0.0.1", port: server.port))
                try await body(SandboxSource(client: client, directory: Self.directory, taskID: "web"))
            }
            await server.shutdown()
        } catch {
            await server.shutdown()
            throw error
        }
    }

    private func list(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let call = try? MessageEncoding.protobuf.decode(Mesos_V1_Agent_Call.self, from: request.bodyBytes), call.type == .listFiles
        else { return responder.refuse(404, "no such file") }
        let path = call.listFiles.path
        let isFile = files[String(path.dropFirst(Self.directory.count + 1))] != nil
        let found = folders[String(path.dropFirst(Self.directory.count + 1))] ?? (isFile ? [] : everyFolder)
        guard !found.isEmpty else { return responder.refuse(404, "no such folder") }
        let answer = Mesos_V1_Agent_Response.with { response in
            response.type = .listFiles
            response.listFiles.fileInfos = found.map { entry in
                .with {
                    $0.path = entry.path.replacing("HERE", with: path)
                    $0.mode = entry.mode
                    $0.mtime.nanoseconds = 1_700_000_000_500_000_000
                }
            }
        }
        responder.respond(200, headers: [("Content-Type", "application/x-protobuf")], body: MessageEncoding.protobuf.encode(answer))
    }

    private func download(_ path: String, _ responder: HTTPResponder) {
        let path = String(path.dropFirst(Self.directory.count + 1))
        guard let file = files[path] else { return responder.refuse(404, "no such file") }
        guard broken.contains(path) else { return responder.respond(200, body: Array(file.utf8)) }
        let stream = responder.stream(maximumBufferedBytes: 1000) {}
        _ = stream.write(Array(file.utf8))
        Task {
            _ = await stream.waitUntilBuffered(below: 1)
            // So much that it is cut off.
            _ = stream.write([UInt8](repeating: 0, count: 1001))
        }
    }
}
