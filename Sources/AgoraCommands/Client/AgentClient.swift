import AsyncHTTPClient
import Foundation
import MesosMessages
import NIOCore
import SwiftProtobuf

/// The operator API of an agent, as far as commands use it.
struct AgentClient: Sendable {
    /// Bytes asked for at once; an agent may give fewer.
    static let readLength: UInt64 = 64 * 1024

    let connection: Connection
    let agent: Endpoint

    /// A piece of a file.
    struct Piece: Sendable {
        let bytes: [UInt8]
        /// The file's length now.
        let size: UInt64
    }

    func metrics() async throws(ClientError) -> [Mesos_V1_Metric] {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .getMetrics
            $0.getMetrics = .init()
        }
        return try await self.call(call, "read the metrics").getMetrics.metrics
    }

    func flags() async throws(ClientError) -> [Mesos_V1_Flag] {
        try await call(.with { $0.type = .getFlags }, "read the flags").getFlags.flags
    }

    private func call(_ call: Mesos_V1_Agent_Call, _ operation: String) async throws(ClientError) -> Mesos_V1_Agent_Response {
        try await connection.call(call, to: .agent(agent), operation: operation, answer: Mesos_V1_Agent_Response.self)
    }

    /// Reads a file of a sandbox from `offset` on; nothing if there is no such file (yet).
    func read(_ path: String, from offset: UInt64) async throws(ClientError) -> Piece? {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .readFile
            $0.readFile.path = path
            $0.readFile.offset = offset
            $0.readFile.length = Self.readLength
        }
        do {
            let answer = try await connection.call(
                call,
                to: .agent(agent),
                operation: "read \(path)",
                answer: Mesos_V1_Agent_Response.self
            )
            return Piece(bytes: [UInt8](answer.readFile.data), size: answer.readFile.size)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    /// Hands on what is kept of a part of an output now, as long as `deliver` wants it.
    func output(_ path: String, _ part: OutputPart, _ deliver: ([UInt8]) async -> Bool) async throws(ClientError) {
        let operation = "read \(path)"
        let fields = [("path", path)] + part.fields.map { ($0.name, $0.value) }
        let query = fields.map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        let request = HTTPClientRequest(url: agent.url("/files/output?\(query.joined(separator: "&"))"))
        let response = try await connection.execute(request, to: .agent(agent), operation: operation)
        do {
            for try await buffer in response.body {
                guard await deliver([UInt8](buffer.readableBytesView)) else { return }
            }
        } catch {
            throw ClientError(peer: .agent(agent), operation: operation, cause: .broken("\(error)"))
        }
    }

    /// The files that an output went into before the one at `path`, the oldest first: PATH.2, PATH.1 and so on.
    func fullFiles(before path: String) async throws(ClientError) -> [(path: String, size: UInt64)] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .listFiles
            $0.listFiles.path = folder
        }
        let files: [Mesos_V1_FileInfo]
        do {
            files = try await connection.call(
                call,
                to: .agent(agent),
                operation: "list \(folder)",
                answer: Mesos_V1_Agent_Response.self
            ).listFiles.fileInfos
        } catch {
            // Without a list there is the newest file, or nothing yet.
            guard error.status != nil else { throw error }
            return []
        }
        let prefix = "\(parts.last ?? "")."
        let numbered = files.compactMap { file -> (number: Int, size: UInt64)? in
            guard let name = file.path.split(separator: "/").last, name.hasPrefix(prefix), let number = Int(name.dropFirst(prefix.count)),
                number > 0
            else { return nil }
            return (number, file.size)
        }
        return numbered.sorted { $0.number > $1.number }.map { ("\(path).\($0.number)", $0.size) }
    }

    /// Sends a signal to the first process of a container; false if there is no such container.
    func kill(_ container: Mesos_V1_ContainerID, signal: Int32) async throws(ClientError) -> Bool {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .killContainer
            $0.killContainer.containerID = container
            $0.killContainer.signal = signal
        }
        do {
            try await connection.tell(call, to: .agent(agent), operation: "kill container \(container.value)")
            return true
        } catch {
            guard error.status == 404 else { throw error }
            return false
        }
    }
}
