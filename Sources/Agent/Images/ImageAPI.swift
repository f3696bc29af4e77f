import HTTPService
import Images
import MesosAPI
import MesosMessages
import Synchronization

/// `POST /api/v1/images`: what operators ask about images beyond Mesos's own calls. See `proto/agora/v1/images.proto`.
final class ImageAPI: Sendable {
    private let calls: ImageCalls
    private let tokens: ExecutorTokens
    private let running = Atomic(0)

    init(calls: ImageCalls, tokens: ExecutorTokens) {
        self.calls = calls
        self.tokens = tokens
    }

    func add(to router: inout Router) {
        router.onCall(AgentRoutes.paths("/api/v1/images"), Agora_V1_ImageCall.self, handler: handle)
    }

    /// Answers later, from any thread; never blocks.
    private func handle(_ call: Agora_V1_ImageCall, _ responder: CallResponder) {
        guard running.add(1, ordering: .relaxed).newValue <= AgentConfiguration.concurrentImageCalls else {
            running.subtract(1, ordering: .relaxed)
            return responder.refuse(503, "\(AgentConfiguration.concurrentImageCalls) calls about images run already; try again later")
        }
        Task {
            defer { running.subtract(1, ordering: .relaxed) }
            do throws(Refusal) {
                try await perform(call, responder)
            } catch {
                responder.refuse(error)
            }
        }
    }

    private func perform(_ call: Agora_V1_ImageCall, _ responder: CallResponder) async throws(Refusal) {
        guard try tokens.claims(of: responder.request.headers) == nil else {
            throw Refusal(403, "images are the operators' affair; the token of an executor does not let it change them")
        }
        switch call.type {
        case .unknown: throw Refusal(400, "type: missing or unknown; it names what the call is to do, such as LIST_IMAGES")
        case .listImages:
            let encoding = try responder.answerEncoding()
            responder.respond(try await calls.list(), encoding)
        case .removeImage:
            guard call.hasRemoveImage else { throw Refusal(400, "remove_image: missing; its image says which is meant") }
            let encoding = try responder.answerEncoding()
            responder.respond(try await calls.remove(call.removeImage), encoding)
        case .pullImage:
            guard call.hasPullImage else { throw Refusal(400, "pull_image: missing; its image says which is meant") }
            try await pull(call.pullImage, responder)
        }
    }

    /// Returns when the pull is over; a client that goes away stops it.
    private func pull(_ call: Agora_V1_ImageCall.PullImage, _ responder: CallResponder) async throws(Refusal) {
        let reference: ImageReference
        do throws(ImageError) {
            reference = try ImageReference(parsing: call.image)
        } catch {
            throw Refusal(400, "pull_image.image: \(error.reason)")
        }
        let closed = Latch()
        let encoding = try responder.eventEncoding()
        let stream = responder.stream(of: Agora_V1_ImageEvent.self, encoding, maximumBufferedBytes: Self.bufferBytes) { closed.open() }
        let pull = ImagePull(images: calls.images, reference: reference, policy: call.cached ? .cachedIfPresent : .always)
        let work = Task { await pull.run(into: stream) }
        Task {
            await closed.wait()
            work.cancel()
        }
        await work.value
    }

    /// The events of an image of 256 layers, many times over.
    private static let bufferBytes = 1 << 20
}
