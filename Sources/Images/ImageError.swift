/// Why an image could not be named, pulled, verified or unpacked.
///
/// Every failure of this library is this one type: ``code`` for programs, ``description`` for people.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to treat differently.
    public enum Code: String, Hashable, Sendable {
        /// The text does not name an image.
        case invalidReference
        /// The registry, folder or archive does not have the image.
        case notFound
        /// The registry refuses the credentials, or wants some.
        case unauthorized
        /// The registry cannot be reached, gives up, or fails; trying later may help.
        case unreachable
        /// The registry or a token server answers something that no registry answers.
        case invalidAnswer
        /// Content is not what its digest says.
        case digestMismatch
        /// Content is longer or shorter than its descriptor says.
        case sizeMismatch
        /// A limit of ``ImageLimits`` is exceeded.
        case limitExceeded
        /// A manifest, an index or a configuration is malformed.
        case invalidDocument
        /// The image exists, not for this platform.
        case platformUnavailable
        /// A kind of image or layer that Agora does not run.
        case unsupported
        /// A layer is not a readable tar.
        case invalidArchive
        /// A layer tries to write outside of its folder.
        case unsafeArchive
        /// The image store's own folder cannot be read or written.
        case storage
        /// The image is not to be removed while a container runs from it.
        case inUse
        /// The pull was cancelled.
        case cancelled
    }

    /// What kind of failure it is.
    public let code: Code
    /// The image that was asked for, as ``ImageReference/description`` says it; `nil` if the failure is not about one image.
    public internal(set) var image: String?
    /// What was attempted, on what, why it failed and what to do.
    public let reason: String

    init(_ code: Code, _ reason: String, image: String? = nil) {
        self.code = code
        self.image = image
        self.reason = reason
    }

    /// One line for people, with the image's name in front.
    public var description: String {
        guard let image else { return reason }
        return "pull of \(image): \(reason)"
    }

    /// Whether asking the same registry again may give another result.
    var isTransient: Bool { code == .unreachable }

    func about(_ reference: ImageReference) -> ImageError {
        var error = self
        error.image = error.image ?? reference.description
        return error
    }
}

/// Text from outside, made safe for one line of a message: quoted, without control characters, not longer than 160 characters.
package func quoted(_ text: some StringProtocol) -> String {
    let limit = 160
    var result = "\""
    var count = 0
    for scalar in text.unicodeScalars {
        count += 1
        if count > limit {
            result += "…"
            break
        }
        let isPlain = scalar.value >= 0x20 && scalar.value != 0x7f && !(0x80...0x9f).contains(scalar.value)
        result += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return result + "\""
}
