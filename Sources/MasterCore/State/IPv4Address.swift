/// An IPv4 address in the byte order of `MasterInfo.ip`: the first number of the text is the lowest byte.
public struct IPv4Address: Hashable, Sendable {
    /// The address as `MasterInfo.ip` carries it.
    public let value: UInt32

    /// Reads `127.0.0.1`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for (index, part) in parts.enumerated() {
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let byte = UInt8(part) else { return nil }
            value |= UInt32(byte) << (8 * UInt32(index))
        }
        self.value = value
    }
}
