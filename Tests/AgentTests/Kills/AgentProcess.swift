import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

/// A real `agora agent` on a folder, to be killed at any moment and started again.
struct AgentProcess: Sendable {
    let process: Program
    private let port: Int

    /// Starts one and waits until it answers, with all that was left of a former one found.
    ///
    /// - Parameter master: where its master is; by default it has none.
    static func start(_ folder: URL, _ arguments: [String], master: String = "127.0.0.1:1") async throws -> AgentProcess {
        let port = try freePort()
        let process = try Program.agora(
            ["agent", "--master", master, "--port", "\(port)", "--work-dir", folder.path, "--log-level", "warning"] + arguments
        )
        let agent = AgentProcess(process: process, port: port)
        let isUp = await eventually(within: .seconds(60)) { await agent.call("GET_HEALTH")?.status == 200 }
        guard isUp else { throw NotUp(log: process.standardError) }
        return agent
    }

    struct NotUp: Error {
        let log: String
    }

    struct Answer: Sendable {
        let status: Int
        let body: String

        /// What stands in it at a path of keys.
        func value(_ keys: String...) -> Any? {
            keys.reduce(json(body) as Any?) { ($0 as? NSDictionary)?[$1] }
        }
    }

    /// Makes a call; nothing if the connection broke or nobody answered in time.
    func call(_ type: String, _ body: [String: Any] = [:], within patience: TimeAmount = .seconds(30)) async -> Answer? {
        let call: [String: Any] = ["type": type, type.lowercased(): body]
        guard let bytes = try? JSONSerialization.data(withJSONObject: call) else { return nil }
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: bytes))
        guard let response = try? await HTTPClient.shared.execute(request, timeout: patience),
            let body = try? await response.body.collect(upTo: 64 << 20)
        else { return nil }
        return Answer(status: Int(response.status.code), body: String(buffer: body))
    }

    /// As a crash does it.
    func kill() async {
        process.signal(SIGKILL)
        _ = await process.exitStatus()
    }
}
