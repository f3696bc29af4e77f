/// Reads protobuf's binary form. See "Encoding" in the Protocol Buffers documentation.
struct BinaryInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// A value as it is laid out, whatever it means.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case delimited(ArraySlice<UInt8>)
    }

    /// The next field and its value.
    mutating func next() throws(MesosJSONError) -> (number: Int, value: Value) {
        let tag = try varint()
        let number = Int(clamping: tag >> 3)
        guard number > 0 else { throw MesosJSONError("the binary message is broken: field number 0") }
        switch BinaryOutput.WireType(rawValue: tag & 7) {
        case .varint: return (number, .varint(try varint()))
        case .fixed64: return (number, .fixed64(Self.integer(try take(8))))
        case .fixed32: return (number, .fixed32(Self.integer(try take(4))))
        case .lengthDelimited:
            let length = try varint()
            return (number, .delimited(try take(Int(clamping: length))))
        case nil: throw MesosJSONError("the binary message is broken: wire type \(tag & 7)")
        }
    }

    mutating func varint() throws(MesosJSONError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw MesosJSONError("the binary message is broken: a number does not end")
    }

    mutating func take(_ count: Int) throws(MesosJSONError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw MesosJSONError("the binary message is broken: it ends too early") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func integer<Value: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Value {
        bytes.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
}
