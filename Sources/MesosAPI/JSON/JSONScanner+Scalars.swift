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
        guard peek() == UInt8(ascii: "\"") else { return try finite(try number()) }
        let text = try string()
        switch String(decoding: text, as: UTF8.self) {
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        case "NaN": return .nan
        default: return try finite(try checkedNumber(text))
        }
    }

    /// A whole number of the type.
    mutating func integer<Value: FixedWidthInteger>(as type: Value.Type = Value.self) throws(MesosJSONError) -> Value {
        let number = peek() == UInt8(ascii: "\"") ? try checkedNumber(try string()) : try number()
        if let value = number.integer(as: type) { return value }
        guard number.isWhole else { throw failure("\(number.text.prefix(64)) is not a whole number") }
        throw failure("\(number.text.prefix(64)) is not between \(Value.min) and \(Value.max)")
    }

    private func finite(_ number: JSONNumber) throws(MesosJSONError) -> Double {
        guard let value = number.double else { throw failure("\(number.text.prefix(64)) is too large for a number of 64 bits") }
        return value
    }
}
