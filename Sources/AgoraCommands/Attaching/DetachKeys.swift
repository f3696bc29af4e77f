/// The keys that leave a container alone again: as with Docker, Ctrl-P and then Ctrl-Q unless others are chosen.
struct DetachKeys: Hashable {
    /// The bytes that a terminal sends for them.
    let bytes: [UInt8]
    private var matched = 0

    static let usual = DetachKeys(bytes: [0x10, 0x11])

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads "ctrl-p,ctrl-q", "ctrl-],x" and the like.
    init(parsing text: String) throws(DetachKeysError) {
        var bytes: [UInt8] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let byte = Self.byte(part), bytes.count < 16 else { throw DetachKeysError(text: text) }
            bytes.append(byte)
        }
        self.init(bytes: bytes)
    }

    /// A character, or "ctrl-" and a letter or one of @ [ \ ] ^ _, whose code without its two highest bits is sent.
    private static func byte(_ key: Substring) -> UInt8? {
        if let byte = key.utf8.first, key.utf8.count == 1, (0x21...0x7e).contains(byte) { return byte }
        guard key.hasPrefix("ctrl-"), key.utf8.count == 6, let last = key.uppercased().utf8.last, (0x40...0x5f).contains(last) else {
            return nil
        }
        return last & 0x1f
    }

    /// Takes what is typed, and returns what of it is for the container; nothing more once the keys were pressed.
    mutating func filter(_ typed: [UInt8]) -> (bytes: [UInt8], isDetached: Bool) {
        var passed: [UInt8] = []
        for byte in typed {
            if byte == bytes[matched] {
                matched += 1
                if matched == bytes.count { return (passed, true) }
                continue
            }
            passed += bytes[..<matched]
            matched = byte == bytes[0] ? 1 : 0
            if matched == 0 { passed.append(byte) }
        }
        return (passed, false)
    }
}

/// A text that names no keys.
struct DetachKeysError: Error, CustomStringConvertible {
    let text: String

    var description: String {
        "\"\(text.clipped)\" names no keys; write characters and ctrl-CHARACTER with commas between, as ctrl-p,ctrl-q"
    }
}
