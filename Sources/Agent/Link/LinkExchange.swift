import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1

/// Why a connection to the master does not work.
struct LinkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Calls to one master.
struct LinkExchange: Sendable {
    let client: HTTPClient
    /// The leading master's, as "HOST:PORT".
    var address: String
    /// What ties calls to the stream; given with the answer to SUBSCRIBE.
    var streamID: String?

    /// Sends a call and expects it to be accepted.
    func send(_ call: Agora_V1_AgentCall) async throws {
        let response = try await post(call, timeout: Self.timeout)
        guard (200..<300).contains(response.status.code) else { throw await refusal(response) }
        for try await _ in response.body {}
    }

    func post(_ call: Agora_V1_AgentCall, timeout: TimeAmount? = nil) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://\(address)/api/v1/agent")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: MessageEncoding.protobuf.mediaType)
        request.headers.add(name: "Accept", value: MessageEncoding.protobuf.mediaType)
        if let streamID { request.headers.add(name: "Mesos-Stream-Id", value: streamID) }
        request.body = .bytes(ByteBuffer(bytes: MessageEncoding.protobuf.encode(call)))
        return try await client.execute(request, deadline: timeout.map { .now() + $0 } ?? .distantFuture)
    }

    func refusal(_ response: HTTPClientResponse) async -> LinkError {
        let body = try? await response.body.collect(upTo: Self.maximumRefusalBytes)
        let text = body.map { String(buffer: $0) } ?? ""
        return LinkError("\(address) answers \(response.status.code): \(text)")
    }

    /// "HOST:PORT" of "//HOST:PORT/path" or "http://HOST:PORT/path".
    static func authority(of location: String) -> String? {
        guard let start = location.range(of: "//")?.upperBound else { return nil }
        let authority = location[start...].prefix { $0 != "/" && $0 != "?" }
        return authority.isEmpty ? nil : String(authority)
    }

    private static let timeout = TimeAmount.seconds(30)
    private static let maximumRefusalBytes = 4096
}

extension String {
    /// The first place of a text, in characters.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
