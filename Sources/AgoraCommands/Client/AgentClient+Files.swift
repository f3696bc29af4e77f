import AsyncHTTPClient
import Foundation
import MesosMessages
import NIOCore
import SwiftProtobuf

extension AgentClient {
    /// What a folder of a sandbox holds; nothing if there is no such folder.
    func list(_ path: String) async throws(ClientError) -> [Mesos_V1_FileInfo]? {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .listFiles
            $0.listFiles.path = path
        }
        do {
            return try await connection.call(
                call,
                to: .agent(agent),
                operation: "list \(path.clipped)",
                answer: Mesos_V1_Agent_Response.self
            ).listFiles.fileInfos
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    /// Hands on a file of a sandbox as it is now, piece by piece, no faster than `deliver` takes it and as long as it wants it.
    func download(_ path: String, _ deliver: ([UInt8]) async throws -> Bool) async throws {
        let operation = "read \(path.clipped)"
        let encoded = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let request = HTTPClientRequest(url: agent.url("/files/download?path=\(encoded)"))
        let response = try await connection.execute(request, to: .agent(agent), operation: operation)
        var pieces = response.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next()
            } catch {
                throw ClientError(peer: .agent(agent), operation: operation, cause: .broken("\(error)"))
            }
            guard let piece, try await deliver([UInt8](piece.readableBytesView)) else { return }
        }
    }
}
