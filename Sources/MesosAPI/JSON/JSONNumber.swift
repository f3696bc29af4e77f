/// The text of a number, checked to be one. See RFC 8259 §6.
struct JSONNumber {
    let text: Substring
    /// Without fraction and exponent.
    private let isPlainInteger: Bool

    /// Nil if the text is no number of JSON's.
    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let isZero = rest.first == UInt8(ascii: "0")
        let count = Self.dropDigits(&rest)
        guard count > 0, !isZero || count == 1 else { return nil }
        isPlainInteger = rest.isEmpty
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard Self.dropDigits(&rest) > 0 else { return nil }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard Self.dropDigits(&rest) > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        text = Substring(decoding: bytes, as: UTF8.self)
    }

    /// The nearest number; nil if it is too large for a `Double`.
    var double: Double? {
        Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The number if it is whole (`3.0` and `3e2` are) and the type can hold it.
    func integer<Value: FixedWidthInteger>(as type: Value.Type = Value.self) -> Value? {
        isPlainInteger ? Value(text) : double.flatMap { Value(exactly: $0) }
    }

    /// Whether the number has no fraction.
    var isWhole: Bool {
        isPlainInteger || double.map { $0.rounded() == $0 } ?? true
    }

    private static func dropDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
        let start = rest.startIndex
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { rest.removeFirst() }
        return rest.startIndex - start
    }
}
