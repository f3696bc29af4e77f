import AsyncHTTPClient
import MesosAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import SwiftProtobuf

/// Requests to masters and agents, protobuf both ways.
struct Connection: Sendable {
    /// Bytes of the largest answer that is read: the state of a large cluster.
    static let maximumAnswer = 512 * 1024 * 1024
    /// Bytes of an error's text that are shown.
    static let maximumErrorText = 4096
    /// Time for one call.
    static let callTimeout = TimeAmount.seconds(30)
    /// Time without a byte after which a stream counts as dead: five heartbeats.
    static let silence = TimeAmount.seconds(75)

    let client: HTTPClient

    /// Runs `body` with a client that is shut down afterwards.
    static func with<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(5), read: silence)
        // Who calls says at once that nobody listens, rather than try for half a minute.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(Connection(client: client))
            try? await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// An operator call and its answer.
    func call<Answer: Message>(
        _ call: some Message,
        to peer: ClientError.Peer,
        path: String = "/api/v1",
        operation: String,
        answer: Answer.Type,
        deadline: NIODeadline = .now() + Connection.callTimeout
    ) async throws(ClientError) -> Answer {
        let response = try await post(call, to: peer, path: path, operation: operation, deadline: deadline)
        let bytes = try await body(of: response, peer, operation)
        do {
            return try MessageEncoding.protobuf.decode(Answer.self, from: bytes)
        } catch {
            throw ClientError(peer: peer, operation: operation, cause: .broken("\(error)"))
        }
    }

    /// Reads a page.
    ///
    /// - Parameter target: path and query, encoded.
    func get(_ target: String, from peer: ClientError.Peer, operation: String) async throws(ClientError) -> [UInt8] {
        let response = try await execute(
            HTTPClientRequest(url: peer.endpoint.url(target)),
            to: peer,
            operation: operation,
            deadline: .now() + Self.callTimeout
        )
        return try await body(of: response, peer, operation)
    }

    /// Sends a call whose answer says nothing but that it arrived.
    func tell(
        _ call: some Message,
        to peer: ClientError.Peer,
        path: String = "/api/v1",
        headers: [(String, String)] = [],
        operation: String
    ) async throws(ClientError) {
        let response = try await post(call, to: peer, path: path, headers: headers, operation: operation)
        do {
            // Read to its end, so that the connection can serve the next call.
            for try await _ in response.body {}
        } catch {
            throw ClientError(peer: peer, operation: operation, cause: .broken("\(error)"))
        }
    }

    /// Sends a call; the answer's body, if it is good, has not been read yet.
    func post(
        _ call: some Message,
        to peer: ClientError.Peer,
        path: String,
        headers: [(String, String)] = [],
        operation: String,
        deadline: NIODeadline = .now() + Connection.callTimeout
    ) async throws(ClientError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: peer.endpoint.url(path))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: MessageEncoding.protobuf.mediaType)
        request.headers.add(name: "Accept", value: MessageEncoding.protobuf.mediaType)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(MessageEncoding.protobuf.encode(call))
        return try await execute(request, to: peer, operation: operation, deadline: deadline)
    }

    /// Sends a request; the answer's body, if it is good, has not been read yet.
    func execute(
        _ request: HTTPClientRequest,
        to peer: ClientError.Peer,
        operation: String,
        deadline: NIODeadline = .distantFuture
    ) async throws(ClientError) -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: deadline)
        } catch {
            throw ClientError(peer: peer, operation: operation, cause: .unreachable(Self.reason(error)))
        }
        guard (200..<300).contains(response.status.code) else { throw await refusal(response, peer: peer, operation: operation) }
        return response
    }

    private func body(of response: HTTPClientResponse, _ peer: ClientError.Peer, _ operation: String) async throws(ClientError) -> [UInt8] {
        do {
            return [UInt8](try await response.body.collect(upTo: Self.maximumAnswer).readableBytesView)
        } catch {
            throw ClientError(peer: peer, operation: operation, cause: .broken("\(error)"))
        }
    }

    /// What a bad answer says.
    func refusal(_ response: HTTPClientResponse, peer: ClientError.Peer, operation: String) async -> ClientError {
        var text = ""
        do {
            for try await buffer in response.body where text.utf8.count < Self.maximumErrorText {
                text += String(buffer: buffer)
            }
        } catch {
            // The status says enough.
        }
        let message = text.prefix(Self.maximumErrorText).split(whereSeparator: \.isNewline).joined(separator: " ")
        return ClientError(peer: peer, operation: operation, cause: .refused(status: Int(response.status.code), message: message))
    }

    /// Why nobody answered, in a few words.
    private static func reason(_ error: any Error) -> String {
        if let error = error as? HTTPClientError, error == .connectTimeout || error == .deadlineExceeded { return "no answer in time" }
        if let error = error as? NIOConnectionError {
            if error.dnsAError != nil || error.dnsAAAAError != nil { return "there is no such host" }
            if let inner = error.connectionErrors.first?.error { return reason(inner) }
        }
        guard let error = error as? IOError else { return "\(error)" }
        return error.errnoCode == 111 ? "connection refused" : error.description
    }
}

extension ClientError.Peer {
    var endpoint: Endpoint {
        switch self {
        case .master(let endpoint), .agent(let endpoint): endpoint
        }
    }
}
