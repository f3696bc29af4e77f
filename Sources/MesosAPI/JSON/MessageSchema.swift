/// What the JSON mapping has to know of a message: its fields by number and by name.
final class MessageSchema: Sendable {
    let fields: [FieldSchema]
    /// Positions in `fields` of the required ones.
    let required: [Int]
    /// Positions in `fields` of those that are written although they are not set.
    let writtenWhenUnset: [Int]
    /// Whether it is what a map field repeats in binary form: the key as field 1, the value as field 2.
    let isMapEntry: Bool
    private let positionByNumber: [Int]

    init(fields: [FieldSchema], isMapEntry: Bool) {
        precondition(fields.count <= FieldSet.capacity, "a message has more than \(FieldSet.capacity) fields")
        self.fields = fields
        self.isMapEntry = isMapEntry
        required = fields.indices.filter { fields[$0].isRequired }
        writtenWhenUnset = fields.indices.filter { fields[$0].jsonWhenUnset != nil }
        var positions = [Int](repeating: -1, count: (fields.map(\.number).max() ?? 0) + 1)
        for (position, field) in fields.enumerated() { positions[field.number] = position }
        positionByNumber = positions
    }

    /// The position in `fields` of the field with the number; nil if the message has none.
    func position(number: Int) -> Int? {
        guard positionByNumber.indices.contains(number), positionByNumber[number] >= 0 else { return nil }
        return positionByNumber[number]
    }

    /// The position in `fields` of the field with the name, given as UTF-8; nil if the message has none.
    func position(name: ArraySlice<UInt8>) -> Int? {
        fields.firstIndex { $0.key.count == name.count && $0.key.elementsEqual(name) }
    }
}

/// What the JSON mapping has to know of a field.
final class FieldSchema: Sendable {
    /// How the value looks in JSON and in protobuf's binary form.
    enum Kind: Sendable {
        case double, float
        case signed(bits: Int)
        case unsigned(bits: Int)
        case bool, string, bytes
        case enumeration(EnumSchema)
        case message(SchemaReference)
        /// A map from strings: an object in JSON, repeated entries with key 1 and value 2 in binary.
        case map(SchemaReference)
    }

    let name: String
    /// The name in UTF-8.
    let key: [UInt8]
    /// The name in quotes and a colon.
    let keyJSON: [UInt8]
    let number: Int
    let kind: Kind
    let isRequired: Bool
    let isRepeated: Bool
    /// What is written when the field is not set: its default, where it declares one and is not deprecated.
    let jsonWhenUnset: [UInt8]?

    init(name: String, number: Int, kind: Kind, isRequired: Bool, isRepeated: Bool, jsonWhenUnset: [UInt8]?) {
        self.name = name
        self.key = Array(name.utf8)
        self.keyJSON = JSONText.quoted(name) + ":".utf8
        self.number = number
        self.kind = kind
        self.isRequired = isRequired
        self.isRepeated = isRepeated
        self.jsonWhenUnset = jsonWhenUnset
    }
}

/// The names of an enum's values, both ways.
struct EnumSchema: Sendable {
    let numberByName: [String: Int]
    /// The names in quotes.
    let jsonByNumber: [Int: [UInt8]]
}

/// A message's schema by its name: messages contain each other, so the reference is followed when it is needed.
struct SchemaReference: Sendable {
    let name: String
    let position: Int

    var schema: MessageSchema { SchemaCatalog.all.schemas[position] }
}
