import Images
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// What operators ask of the image store.
struct ImageCalls: Sendable {
    let images: ImageStore
    /// What the agent's own options keep.
    let excluded: Set<ImageReference>

    /// PRUNE_IMAGES: removes all that nothing uses but what the call or the agent excludes.
    func prune(_ call: Mesos_V1_Agent_Call) async throws(Refusal) -> OperatorAnswer {
        var excluded = excluded
        for (index, image) in call.pruneImages.excludedImages.enumerated() {
            excluded.insert(try Self.reference(image, "prune_images.excluded_images[\(index)]"))
        }
        do throws(ImageError) {
            _ = try await images.prune(except: excluded)
        } catch {
            throw Refusal(error)
        }
        return .status(200)
    }

    func list() async throws(Refusal) -> Agora_V1_ImageResponse {
        do throws(ImageError) {
            let images = try await images.images()
            return .with { response in
                response.type = .listImages
                response.listImages.images = images.map(Agora_V1_StoredImage.init)
            }
        } catch {
            throw Refusal(error)
        }
    }

    func remove(_ call: Agora_V1_ImageCall.RemoveImage) async throws(Refusal) -> Agora_V1_ImageResponse {
        guard !call.image.isEmpty else { throw Refusal(400, "remove_image.image: is empty; it says which image is meant") }
        do throws(ImageError) {
            let removed = try await images.remove(call.image, force: call.force)
            return .with { response in
                response.type = .removeImage
                response.removeImage.references = removed.references
                response.removeImage.layers = UInt32(clamping: removed.layers)
                response.removeImage.bytes = UInt64(clamping: removed.bytes)
            }
        } catch {
            throw Refusal(error)
        }
    }

    private static func reference(_ image: Mesos_V1_Image, _ field: String) throws(Refusal) -> ImageReference {
        guard image.type == .docker, image.hasDocker else {
            throw Refusal(
                400,
                "\(field): must be of type DOCKER and have docker.name; APPC images are not supported by this version of Agora"
            )
        }
        do throws(ImageError) {
            return try ImageReference(parsing: image.docker.name)
        } catch {
            throw Refusal(400, "\(field).docker.name: \(error.reason)")
        }
    }
}

extension Refusal {
    /// What a failure of the store means to who asked.
    init(_ error: ImageError) {
        let status =
            switch error.code {
            case .notFound: 404
            case .inUse: 409
            case .invalidReference, .unsupported: 400
            default: 500
            }
        self.init(status, error.description)
    }
}

extension Agora_V1_StoredImage {
    init(_ image: StoredImage) {
        self.init()
        reference = image.reference
        digest = image.digest.description
        bytes = UInt64(clamping: image.bytes)
        pulled = image.pulled
        lastUsed = image.lastUsed
        inUse = !image.users.isEmpty
    }
}
