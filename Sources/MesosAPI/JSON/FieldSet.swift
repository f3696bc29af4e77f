/// A set of fields of one message, by their positions in its schema.
struct FieldSet: OptionSet {
    /// The most fields that a message may have.
    static let capacity = UInt128.bitWidth

    var rawValue: UInt128

    mutating func insert(_ position: Int) {
        rawValue |= 1 << UInt128(position)
    }

    func contains(_ position: Int) -> Bool {
        rawValue & (1 << UInt128(position)) != 0
    }
}
