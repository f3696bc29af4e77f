/// Bytes as base64 text and back. See RFC 4648 §4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let group = bytes[position..<min(position + 3, bytes.endIndex)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for index in 0..<4 {
                output.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
            position += 3
        }
    }

    /// Nil if the text is not base64: a foreign character, or a length that no bytes have. Padding may be left out.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var held = 0
        var padding = 0
        for letter in text {
            if letter == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(letter)]
            guard value != 0xFF, padding == 0 else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            guard held >= 8 else { continue }
            held -= 8
            output.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
        }
        let isWhole = held != 6 && padding <= 2 && (padding == 0 || text.count % 4 == 0)
        return isWhole ? output : nil
    }
}
