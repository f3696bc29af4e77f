/// Writes protobuf's binary form. See "Encoding" in the Protocol Buffers documentation.
struct BinaryOutput {
    private(set) var bytes: [UInt8] = []

    /// How a value is laid out, as it stands in the low three bits of its tag.
    enum WireType: UInt64 { case varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5 }

    mutating func tag(_ number: Int, _ type: WireType) {
        varint(UInt64(number) << 3 | type.rawValue)
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func fixed(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Fields that are written already.
    mutating func append(_ fields: [UInt8]) {
        bytes.append(contentsOf: fields)
    }

    mutating func delimited(_ content: some Collection<UInt8>) {
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Leaves room for a length and returns its place, for `end`: a varint may be longer than it must, so nothing
    /// has to be moved when the length is known.
    mutating func begin() -> Int {
        bytes.append(contentsOf: [0x80, 0x80, 0x80, 0x80, 0x00])
        return bytes.count
    }

    /// Fills in the length of what was written since `begin`.
    mutating func end(_ start: Int) {
        var length = bytes.count - start
        for index in start - 5..<start - 1 {
            bytes[index] = UInt8(truncatingIfNeeded: length) | 0x80
            length >>= 7
        }
        bytes[start - 1] = UInt8(truncatingIfNeeded: length) & 0x7F
    }
}
