import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// What an agent answers about its images.
struct ImageClient: Sendable {
    private static let path = "/api/v1/images"
    /// Bytes of the longest event that is taken.
    private static let maximumEvent = 4 * 1024 * 1024

    let connection: Connection
    let agent: Endpoint

    func images() async throws(ClientError) -> [Agora_V1_StoredImage] {
        try await call(.with { $0.type = .listImages }, "list the images").listImages.images
    }

    func remove(_ image: String, force: Bool) async throws(ClientError) -> Agora_V1_ImageResponse.RemoveImage {
        let call = Agora_V1_ImageCall.with {
            $0.type = .removeImage
            $0.removeImage.image = image
            $0.removeImage.force = force
        }
        return try await self.call(call, "remove \(image)").removeImage
    }

    /// Has the agent pull an image; hands every event but the last to `tell`.
    ///
    /// - Returns: the image as it is stored.
    func pull(
        _ image: String,
        cached: Bool,
        tell: @Sendable (Agora_V1_ImageEvent) async -> Void
    ) async throws(ClientError) -> Agora_V1_StoredImage {
        let call = Agora_V1_ImageCall.with {
            $0.type = .pullImage
            $0.pullImage.image = image
            $0.pullImage.cached = cached
        }
        let operation = "pull \(image)"
        let response = try await connection.post(
            call,
            to: .agent(agent),
            path: Self.path,
            operation: operation,
            deadline: .distantFuture
        )
        var decoder = RecordIODecoder(maximumRecordLength: Self.maximumEvent)
        do {
            for try await buffer in response.body {
                decoder.append(buffer.readableBytesView)
                while let record = try decoder.next() {
                    let event = try MessageEncoding.protobuf.decode(Agora_V1_ImageEvent.self, from: record)
                    switch event.type {
                    case .done: return event.image
                    case .failed: throw PullFailure(message: event.message)
                    case .unknown, .resolved, .progress: await tell(event)
                    }
                }
            }
        } catch let failure as PullFailure {
            throw ClientError(peer: .agent(agent), operation: operation, cause: .failed(failure.message))
        } catch {
            throw ClientError(peer: .agent(agent), operation: operation, cause: .broken("the stream of events broke: \(error)"))
        }
        throw ClientError(peer: .agent(agent), operation: operation, cause: .broken("the stream of events ended before the pull did"))
    }

    private struct PullFailure: Error {
        let message: String
    }

    private func call(_ call: Agora_V1_ImageCall, _ operation: String) async throws(ClientError) -> Agora_V1_ImageResponse {
        try await connection.call(
            call,
            to: .agent(agent),
            path: Self.path,
            operation: operation,
            answer: Agora_V1_ImageResponse.self
        )
    }
}
