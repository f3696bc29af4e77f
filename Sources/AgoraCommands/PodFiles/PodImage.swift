import MesosMessages
import SwiftProtobuf

/// A container's image.
struct PodImage {
    var reference: String
    /// False: ask the registry even if the image is on the machine.
    var isCached = true

    init(reference: String, isCached: Bool = true) {
        self.reference = reference
        self.isCached = isCached
    }

    /// `image` and `imagePullPolicy` of a container; nothing if there is no image.
    init?(_ image: ManifestValue?, policy: ManifestValue?) throws(PodFileError) {
        let text = try policy?.text()
        if let policy, let text, text != "Always", text != "IfNotPresent" {
            throw policy.error("\"\(text.clipped)\" is not supported yet: write Always or IfNotPresent")
        }
        guard let image else {
            if let policy { throw policy.error("there is no image to pull") }
            return nil
        }
        reference = try Self.checked(try image.nonEmptyText(), at: image.path)
        isCached = text != "Always"
    }

    /// An image's name, which the agent reads in full; here only what cannot be any name is refused.
    static func checked(_ reference: String, at path: String) throws(PodFileError) -> String {
        guard !reference.isEmpty, reference.utf8.count <= 4096, !reference.unicodeScalars.contains(where: { $0.properties.isWhitespace })
        else {
            throw PodFileError(path, "\"\(reference.clipped)\" is not the name of an image: it is empty, too long or has spaces")
        }
        return reference
    }

    var message: Mesos_V1_Image {
        .with {
            $0.type = .docker
            $0.docker.name = reference
            $0.cached = isCached
        }
    }
}
