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
            if bytes.contains(where: needsEscape) {
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
