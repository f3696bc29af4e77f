/// The pieces JSON text is made of, as UTF-8. See RFC 8259.
enum JSONText {
    /// The string with quotes, and escapes where JSON demands them.
    static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        appendQuoted(text, to: &output)
        return output
    }

    static func appendQuoted(_ text: String, to output: inout [UInt8]) {
        var text = text
        output.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            if needsEscape(bytes) {
                for byte in bytes { appendEscaped(byte, to: &output) }
            } else {
                output.append(contentsOf: bytes)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    static func append(_ value: some BinaryInteger, to output: inout [UInt8]) {
        output += value.description.utf8
    }

    /// The shortest decimal that reads back as the same number, always with a point or an exponent (`16.0`); what
    /// JSON has no number for is written as a string.
    static func append(_ value: Double, to output: inout [UInt8]) {
        if value.isFinite {
            output += value.description.utf8
        } else {
            appendQuoted(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity", to: &output)
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Whether any byte must be escaped. Eight at a time: nearly all that is written are names without such a byte.
    static func needsEscape(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index + 8 <= raw.count {
            if mayNeedEscape(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { return true }
            index += 8
        }
        while index < raw.count {
            if needsEscape(raw[index]) { return true }
            index += 1
        }
        return false
    }

    /// Whether one of eight bytes must be escaped. Subtracting the least allowed value sets the high bit of each byte that is smaller,
    /// unless the byte has it itself, as those of other scripts do; what is equal to a byte is zero after XOR, so smaller than one.
    private static func mayNeedEscape(_ bytes: UInt64) -> Bool {
        let (ones, high) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        let (quote, backslash) = (bytes ^ (ones &* 0x22), bytes ^ (ones &* 0x5C))
        let control = (bytes &- (ones &* 0x20)) & ~bytes
        let equal = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        return (control | equal) & high != 0
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
        case 0x0A: output += "\\n".utf8
        case 0x0D: output += "\\r".utf8
        case 0x09: output += "\\t".utf8
        case 0..<0x20:
            output += "\\u00".utf8
            output += [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
        default: output.append(byte)
        }
    }
}
