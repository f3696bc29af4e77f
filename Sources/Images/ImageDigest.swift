import Crypto

/// The SHA-256 of some content, by which images name everything (OCI image specification, "Digests").
public struct ImageDigest: Hashable, Sendable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// Reads `sha256:<64 hexadecimal digits>`.
    ///
    /// - Throws: ``ImageError`` with code `invalidReference` for anything else, `unsupported` for another algorithm.
    public init(validating text: some StringProtocol) throws(ImageError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw ImageError(.invalidReference, "digest \(quoted(text)) has no algorithm: expected sha256:<64 hexadecimal digits>")
        }
        let algorithm = text[..<colon]
        guard algorithm == "sha256" else {
            throw ImageError(.unsupported, "digest \(quoted(text)) uses another algorithm than sha256")
        }
        self.hex = try Self.checkedHex(text[text.index(after: colon)...])
    }

    /// - Parameter hex: 64 lower-case hexadecimal digits, nothing else.
    init(hex: some StringProtocol) throws(ImageError) {
        self.hex = try Self.checkedHex(hex)
    }

    init(_ digest: SHA256.Digest) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        hex = String(decoding: text, as: UTF8.self)
    }

    init(of content: [UInt8]) {
        self.init(SHA256.hash(data: content))
    }

    /// `sha256:<hex>`.
    public var description: String { "sha256:\(hex)" }

    private static func checkedHex(_ text: some StringProtocol) throws(ImageError) -> String {
        let isHex = text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHex else {
            throw ImageError(.invalidReference, "digest \(quoted(text)) is not 64 lower-case hexadecimal digits")
        }
        return String(text)
    }
}

extension ImageDigest: Codable {
    /// Reads the `sha256:…` form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(ImageError) {
            try self.init(validating: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.reason)
        }
    }

    /// Writes the `sha256:…` form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
