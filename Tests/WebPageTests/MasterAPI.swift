import AsyncHTTPClient
import BrowserDriving
import Foundation
import NIOCore
import NIOHTTP1

/// Asks a master what the page must show, and tells it what the page must notice.
struct MasterAPI {
    let port: Int

    /// The answer to an operator's call, below its own name.
    func call(_ type: String) async throws -> [String: Any] {
        let response = try await post("/api/v1", "{\"type\": \"\(type)\"}", timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 26)
        let answer = try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any]
        return answer?[type.lowercased()] as? [String: Any] ?? [:]
    }

    /// The ids of the agents.
    var agents: [String] {
        get async throws {
            let agents = try await call("GET_AGENTS")["agents"] as? [[String: Any]] ?? []
            return agents.compactMap { (($0["agent_info"] as? [String: Any])?["id"] as? [String: Any])?["value"] as? String }
        }
    }

    /// The tasks that have not ended: their frameworks and ids.
    var tasks: [(framework: String, id: String)] {
        get async throws {
            let tasks = try await call("GET_TASKS")["tasks"] as? [[String: Any]] ?? []
            return tasks.compactMap { task in
                guard let framework = (task["framework_id"] as? [String: Any])?["value"] as? String,
                    let id = (task["task_id"] as? [String: Any])?["value"] as? String
                else { return nil }
                return (framework, id)
            }
        }
    }

    /// Subscribes a framework that wants nothing, for as long as the body runs.
    func withFramework(_ name: String, roles: [String], _ body: () async throws -> Void) async throws {
        let info: [String: Any] = [
            "user": "nobody", "name": name, "roles": roles, "capabilities": [["type": "MULTI_ROLE"]],
            "labels": ["labels": [["key": name, "value": String(repeating: "long ", count: 4000)]]],
        ]
        let call: [String: Any] = ["type": "SUBSCRIBE", "subscribe": ["framework_info": info]]
        let json = String(decoding: try JSONSerialization.data(withJSONObject: call), as: UTF8.self)
        let stream = try await post("/api/v1/scheduler", json, timeout: .hours(1))
        try await body()
        _ = stream
    }

    private func post(_ path: String, _ json: String, timeout: TimeAmount) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.body = .bytes(ByteBuffer(string: json))
        let response = try await HTTPClient.shared.execute(request, timeout: timeout)
        guard response.status == .ok else {
            let reason = try await response.body.collect(upTo: 1 << 16)
            throw Browser.Refused(description: "\(path): \(response.status) \(String(buffer: reason))")
        }
        return response
    }
}
