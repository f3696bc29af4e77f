import FoundationEssentials
import SwiftProtobuf

/// Writes a message as JSON the way Mesos does, field by field as swift-protobuf visits them.
///
/// What the schema does not know (unknown fields, values of later versions of an enum) is left out.
struct MessageToJSON: Visitor {
    /// The object that is being written.
    private struct Place {
        let schema: MessageSchema
        var isEmpty = true
        /// The number of the repeated field whose array is open.
        var openList: Int?
        /// The fields that were set.
        var set: FieldSet = []
    }

    private var output: [UInt8] = []
    private var place: Place

    /// Writes the message as a JSON object behind what is there.
    static func append<M: Message>(_ message: M, to output: inout [UInt8]) throws {
        let schema = SchemaCatalog.schema(of: M.self)
        var visitor = MessageToJSON(place: Place(schema: schema))
        // Never two of the same bytes: a write would copy them.
        swap(&visitor.output, &output)
        defer { swap(&visitor.output, &output) }
        try visitor.object(message, schema)
    }

    private init(place: Place) {
        self.place = place
    }

    private mutating func object(_ message: some Message, _ schema: MessageSchema) throws {
        let outer = place
        place = Place(schema: schema)
        output.append(UInt8(ascii: "{"))
        try message.traverse(visitor: &self)
        closeList()
        for position in schema.writtenWhenUnset where !place.set.contains(position) {
            let field = schema.fields[position]
            key(of: field)
            output += field.jsonWhenUnset ?? []
        }
        output.append(UInt8(ascii: "}"))
        place = outer
    }

    /// Writes what stands before a value, and returns its field.
    private mutating func begin(_ number: Int) -> FieldSchema {
        guard let position = place.schema.position(number: number) else {
            preconditionFailure("field \(number) is not among the generated descriptors: run `make proto`")
        }
        let field = place.schema.fields[position]
        if place.schema.isMapEntry {
            beginEntry(isKey: number == 1)
        } else if place.openList == number {
            output.append(UInt8(ascii: ","))
        } else {
            closeList()
            key(of: field)
            place.set.insert(position)
            if field.isRepeated {
                output.append(UInt8(ascii: "["))
                place.openList = number
            }
        }
        return field
    }

    private mutating func beginEntry(isKey: Bool) {
        guard isKey else { return output.append(UInt8(ascii: ":")) }
        if !place.isEmpty { output.append(UInt8(ascii: ",")) }
        place.isEmpty = false
    }

    private mutating func key(of field: FieldSchema) {
        if !place.isEmpty { output.append(UInt8(ascii: ",")) }
        place.isEmpty = false
        output += field.keyJSON
    }

    private mutating func closeList() {
        if place.openList != nil { output.append(UInt8(ascii: "]")) }
        place.openList = nil
    }
}

extension MessageToJSON {
    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) {
        _ = begin(fieldNumber)
        JSONText.append(value, to: &output)
    }

    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) {
        _ = begin(fieldNumber)
        JSONText.append(value, to: &output)
    }

    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) {
        _ = begin(fieldNumber)
        JSONText.append(value, to: &output)
    }

    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) {
        _ = begin(fieldNumber)
        output += (value ? "true" : "false").utf8
    }

    mutating func visitSingularStringField(value: String, fieldNumber: Int) {
        _ = begin(fieldNumber)
        JSONText.appendQuoted(value, to: &output)
    }

    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) {
        _ = begin(fieldNumber)
        output.append(UInt8(ascii: "\""))
        value.withUnsafeBytes { Base64.append($0, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) {
        guard let position = place.schema.position(number: fieldNumber),
            case .enumeration(let schema) = place.schema.fields[position].kind,
            let name = schema.jsonByNumber[value.rawValue]
        else { return }
        _ = begin(fieldNumber)
        output += name
    }

    mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
        guard case .message(let reference) = begin(fieldNumber).kind else {
            preconditionFailure("field \(fieldNumber) of \(M.protoMessageName) is no message in the descriptors: run `make proto`")
        }
        try object(value, reference.schema)
    }

    mutating func visitMapField<Key, Value: MapValueType>(
        fieldType: _ProtobufMap<Key, Value>.Type,
        value: _ProtobufMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws {
        try map(Key.self, value, fieldNumber) { visitor, value in
            try Value.visitSingular(value: value, fieldNumber: 2, with: &visitor)
        }
    }

    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufEnumMap<Key, Value>.Type,
        value: _ProtobufEnumMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws where Value.RawValue == Int {
        try map(Key.self, value, fieldNumber) { $0.visitSingularEnumField(value: $1, fieldNumber: 2) }
    }

    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufMessageMap<Key, Value>.Type,
        value: _ProtobufMessageMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws {
        try map(Key.self, value, fieldNumber) { try $0.visitSingularMessageField(value: $1, fieldNumber: 2) }
    }

    mutating func visitUnknown(bytes: Data) {}

    /// A map as an object, sorted by key so that the same message gives the same text.
    private mutating func map<Key: MapKeyType, Value>(
        _ type: Key.Type,
        _ entries: [Key.BaseType: Value],
        _ number: Int,
        _ visit: (inout MessageToJSON, Value) throws -> Void
    ) throws {
        guard case .map(let reference) = begin(number).kind else {
            preconditionFailure("field \(number) is no map in the descriptors: run `make proto`")
        }
        let outer = place
        place = Place(schema: reference.schema)
        output.append(UInt8(ascii: "{"))
        for (key, value) in entries.sorted(by: { Key._lessThan(lhs: $0.key, rhs: $1.key) }) {
            try Key.visitSingular(value: key, fieldNumber: 1, with: &self)
            try visit(&self, value)
        }
        output.append(UInt8(ascii: "}"))
        place = outer
    }
}
