/// Reads JSON text from left to right, token by token. See RFC 8259.
///
/// It builds nothing: who reads says what comes next. Nesting is limited by the reader, size by who took the body.
struct JSONScanner {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The next character that is not white space; nil at the end.
    mutating func peek() -> UInt8? {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Takes the character if it comes next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Takes the character or fails.
    mutating func expect(_ character: Unicode.Scalar) throws(MesosJSONError) {
        guard take(character) else { throw unexpected("'\(character)'") }
    }

    /// Takes the word (`null`, `true`, `false`) if it comes next.
    mutating func take(word: StaticString) -> Bool {
        _ = peek()
        let length = word.utf8CodeUnitCount
        guard text.count - position >= length else { return false }
        let isThere = word.withUTF8Buffer { text[position..<position + length].elementsEqual($0) }
        if isThere { position += length }
        return isThere
    }

    /// The next number, not in quotes.
    mutating func number() throws(MesosJSONError) -> JSONNumber {
        _ = peek()
        let start = position
        while position < text.count, Self.isPartOfNumber(text[position]) { position += 1 }
        guard start < position else { throw unexpected("a number") }
        return try checkedNumber(text[start..<position])
    }

    /// The number that the whole text is.
    func checkedNumber(_ text: ArraySlice<UInt8>) throws(MesosJSONError) -> JSONNumber {
        guard let number = JSONNumber(text) else {
            throw failure("'\(String(decoding: text.prefix(64), as: UTF8.self))' is not a number")
        }
        return number
    }

    /// A string's bytes in UTF-8, escapes resolved.
    mutating func string() throws(MesosJSONError) -> ArraySlice<UInt8> {
        guard take("\"") else { throw unexpected("a string") }
        let start = position
        var isASCII = true
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return try Self.checked(text[start..<position], isASCII)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(text[start..<position]) }
            guard byte >= 0x20 else { throw failure("a control character in a string must be escaped") }
            isASCII = isASCII && byte < 0x80
            position += 1
        }
        throw failure("a string does not end")
    }

    /// Passes over one value of any kind, nested at most so deep.
    mutating func skipValue(depth: Int) throws(MesosJSONError) {
        guard depth > 0 else { throw failure("values are nested too deep") }
        switch peek() {
        case UInt8(ascii: "{"):
            try expect("{")
            try skipList(until: "}") { scanner throws(MesosJSONError) in
                _ = try scanner.string()
                try scanner.expect(":")
                try scanner.skipValue(depth: depth - 1)
            }
        case UInt8(ascii: "["):
            try expect("[")
            try skipList(until: "]") { scanner throws(MesosJSONError) in try scanner.skipValue(depth: depth - 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            guard !take(word: "true"), !take(word: "false"), !take(word: "null") else { return }
            _ = try number()
        }
    }

    /// Fails if anything but white space is left.
    mutating func expectEnd() throws(MesosJSONError) {
        guard peek() == nil else { throw unexpected("the end of the text") }
    }

    /// An error at the present place.
    func failure(_ problem: String) -> MesosJSONError {
        MesosJSONError("\(problem) (at byte \(position))")
    }

    /// An error that names what was expected and what came.
    mutating func unexpected(_ expected: String) -> MesosJSONError {
        guard let byte = peek() else { return failure("expected \(expected), but the text ends") }
        let found = (0x21..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)"
        return failure("expected \(expected), found \(found)")
    }
}

extension JSONScanner {
    private mutating func skipList(
        until end: Unicode.Scalar,
        _ element: (inout JSONScanner) throws(MesosJSONError) -> Void
    ) throws(MesosJSONError) {
        guard !take(end) else { return }
        repeat { try element(&self) } while take(",")
        try expect(end)
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        case UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: false
        }
    }

    private static func checked(_ bytes: ArraySlice<UInt8>, _ isASCII: Bool) throws(MesosJSONError) -> ArraySlice<UInt8> {
        guard isASCII || String(validating: bytes, as: UTF8.self) != nil else { throw MesosJSONError("a string is not UTF-8") }
        return bytes
    }

    /// The slow path: the string has escapes from here on.
    private mutating func escapedString(_ beginning: ArraySlice<UInt8>) throws(MesosJSONError) -> ArraySlice<UInt8> {
        var bytes = Array(beginning)
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try Self.checked(bytes[...], false)
            case UInt8(ascii: "\\"): try appendEscape(to: &bytes)
            case 0..<0x20: throw failure("a control character in a string must be escaped")
            default: bytes.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    private mutating func appendEscape(to bytes: inout [UInt8]) throws(MesosJSONError) {
        guard position < text.count else { throw failure("a string does not end") }
        let letter = text[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes += Array(String(Character(try unicodeEscape())).utf8)
        default: throw failure("a backslash is followed by byte \(letter), which is no escape of JSON")
        }
    }

    private mutating func unicodeEscape() throws(MesosJSONError) -> Unicode.Scalar {
        let first = try hexCodeUnit()
        guard (0xD800..<0xE000).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        guard first < 0xDC00, text[position...].starts(with: "\\u".utf8) else { throw failure("half of a surrogate pair") }
        position += 2
        let second = try hexCodeUnit()
        guard (0xDC00..<0xE000).contains(second) else { throw failure("half of a surrogate pair") }
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexCodeUnit() throws(MesosJSONError) -> UInt32 {
        guard text.count - position >= 4, text[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("\\u needs four hexadecimal digits") }
        position += 4
        return unit
    }
}
