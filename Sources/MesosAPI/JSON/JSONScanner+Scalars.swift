/// Scalars as Mesos reads them: numbers and booleans may also stand in quotes.
extension JSONScanner {
    mutating func bool() throws(MesosJSONError) -> Bool {
        if peek() == UInt8(ascii: "\"") {
            switch String(decoding: try string(), as: UTF8.self) {
            case "true": return true
            case "false": return false
            default: throw failure("expected true or false")
            }
        }
        if take(word: "true") { return true }
        if take(word: "false") { return false }
        throw unexpected("true or false")
    }

    mutating func double() throws(MesosJSONError) -> Double {
        let isQuoted = peek() == UInt8(ascii: "\"")
        let text = try numberText()
        switch text {
        case "Infinity" where isQuoted: return .infinity
        case "-Infinity" where isQuoted: return -.infinity
        default:
            guard let value = Double(text), value.isFinite else { throw failure("'\(text.prefix(64))' is not a number") }
            return value
        }
    }

    /// A whole number; `3.0` and `3e2` are whole, too.
    mutating func integer<Value: FixedWidthInteger>(in limits: ClosedRange<Value>) throws(MesosJSONError) -> Value {
        let text = try numberText()
        let value = Value(text) ?? Double(text).flatMap { Value(exactly: $0) }
        if let value, limits.contains(value) { return value }
        guard let number = Double(text) else { throw failure("'\(text.prefix(64))' is not a number") }
        guard number.rounded() == number else { throw failure("\(text.prefix(64)) is not a whole number") }
        throw failure("\(text.prefix(64)) is not between \(limits.lowerBound) and \(limits.upperBound)")
    }

    private mutating func numberText() throws(MesosJSONError) -> Substring {
        guard peek() == UInt8(ascii: "\"") else { return try number() }
        return Substring(decoding: try string(), as: UTF8.self)
    }
}
