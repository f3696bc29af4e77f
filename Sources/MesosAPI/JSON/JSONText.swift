/// The pieces JSON text is made of, as UTF-8. See RFC 8259.
enum JSONText {
    /// The string with quotes, and escapes where JSON demands them.
    static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        appendQuoted(text.utf8, to: &output)
        return output
    }

    static func appendQuoted(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += Array("\\n".utf8)
            case 0x0D: output += Array("\\r".utf8)
            case 0x09: output += Array("\\t".utf8)
            case 0..<0x20: output += Array("\\u00".utf8) + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// The shortest decimal that reads back as the same number, always with a point or an exponent (`16.0`); what
    /// JSON has no number for is written as a string, which Mesos reads too.
    static func number(_ value: Double) -> [UInt8] {
        guard value.isFinite else { return quoted(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity") }
        return Array(value.description.utf8)
    }

    static let hexDigits = Array("0123456789abcdef".utf8)
}
