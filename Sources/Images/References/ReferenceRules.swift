/// The grammar of image names (the "distribution reference" grammar that Docker and OCI distribution share).
enum ReferenceRules {
    /// Longest text that is read as a reference, in bytes: a path of PATH_MAX and a name behind it.
    static let referenceBytes = 4096 + 512
    /// Longest registry and repository together, in bytes.
    static let nameBytes = 255
    /// Longest tag, in bytes.
    static let tagBytes = 128

    static func invalid(_ text: String, _ reason: String) -> ImageError {
        ImageError(.invalidReference, "image reference \(quoted(text)): \(reason)")
    }

    static func isLowerHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// A letter, digit or `_`, then letters, digits, `_`, `.`, `-`.
    static func checkedTag(_ tag: Substring, in text: String) throws(ImageError) -> String {
        guard (1...tagBytes).contains(tag.utf8.count) else {
            throw invalid(text, "the tag \(quoted(tag)) has \(tag.utf8.count) bytes; 1 to \(tagBytes) are allowed")
        }
        for (position, byte) in tag.utf8.enumerated() {
            let isWord = isLetterOrDigit(byte) || byte == UInt8(ascii: "_")
            let isInner = position > 0 && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-"))
            guard isWord || isInner else {
                throw invalid(text, "the tag \(quoted(tag)) has a character that is not allowed at position \(position + 1)")
            }
        }
        return String(tag)
    }

    /// A host name, an IPv4 address or an IPv6 address in brackets, and an optional port.
    static func checkedRegistry(_ registry: Substring, in text: String) throws(ImageError) -> String {
        var host = registry
        if let colon = registry.lastIndex(of: ":"), !registry[colon...].contains("]") {
            let digits = registry[registry.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
                throw invalid(text, "the registry \(quoted(registry)) has no valid port")
            }
            host = registry[..<colon]
        }
        guard isHost(host) else { throw invalid(text, "the registry \(quoted(registry)) is not a host name or address") }
        return registry.lowercased()
    }

    /// Components of lower-case letters and digits, separated inside by `.`, `_`, `__` or dashes.
    static func checkRepository(_ repository: String, in text: String) throws(ImageError) {
        for component in repository.split(separator: "/", omittingEmptySubsequences: false) {
            guard !component.isEmpty else { throw invalid(text, "the repository \(quoted(repository)) has an empty component") }
            guard isRepositoryComponent(component.utf8) else {
                throw invalid(
                    text,
                    "the repository component \(quoted(component)) is not lower-case letters and digits, "
                        + "separated by one '.', one or two '_', or dashes"
                )
            }
        }
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            return !address.isEmpty && address.allSatisfy { ($0.isASCII && $0.isHexDigit) || $0 == ":" || $0 == "." }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            let dash = UInt8(ascii: "-")
            return !label.isEmpty && label.utf8.first != dash && label.utf8.last != dash
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == dash }
        }
    }

    private static func isRepositoryComponent(_ bytes: Substring.UTF8View) -> Bool {
        var separator: [UInt8] = []
        var needsWord = true
        for byte in bytes {
            if (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) {
                guard isSeparator(separator) else { return false }
                separator = []
                needsWord = false
            } else {
                guard !needsWord else { return false }
                separator.append(byte)
            }
        }
        return !needsWord && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes {
        case [], [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
