import FoundationEssentials
import SwiftProtobuf

/// Looks for the required field that a message lacks: swift-protobuf says only that there is one, people want to know
/// which.
struct MissingField: Visitor {
    private let schema: MessageSchema
    private var set: FieldSet = []
    /// In the fields visited so far.
    private var path: String?

    /// The path of the first one, from the top (`subscribe.framework_info.name`); nil if nothing is missing.
    static func path<M: Message>(in message: M) throws -> String? {
        try path(in: message, SchemaCatalog.schema(of: M.self))
    }

    private static func path(in message: some Message, _ schema: MessageSchema) throws -> String? {
        guard !message.isInitialized else { return nil }
        var visitor = MissingField(schema: schema)
        try message.traverse(visitor: &visitor)
        if let path = visitor.path { return path }
        return schema.required.first { !visitor.set.contains($0) }.map { schema.fields[$0].name }
    }

    private init(schema: MessageSchema) {
        self.schema = schema
    }

    private mutating func note(_ number: Int) {
        if let position = schema.position(number: number) { set.insert(position) }
    }

    /// Looks into a message that stands in the field, at `[index]` or `["key"]` of it.
    private mutating func look(into message: some Message, _ number: Int, _ element: String = "") throws {
        note(number)
        guard path == nil, let position = schema.position(number: number) else { return }
        let field = schema.fields[position]
        switch field.kind {
        case .message(let reference):
            path = try Self.path(in: message, reference.schema).map { "\(field.name)\(element).\($0)" }
        case .map(let reference):
            guard let value = reference.schema.position(number: 2),
                case .message(let inner) = reference.schema.fields[value].kind
            else { return }
            path = try Self.path(in: message, inner.schema).map { "\(field.name)\(element).\($0)" }
        default: return
        }
    }
}

extension MissingField {
    mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
        try look(into: value, fieldNumber)
    }

    mutating func visitRepeatedMessageField<M: Message>(value: [M], fieldNumber: Int) throws {
        for (index, message) in value.enumerated() { try look(into: message, fieldNumber, "[\(index)]") }
    }

    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufMessageMap<Key, Value>.Type,
        value: _ProtobufMessageMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws {
        for (key, message) in value { try look(into: message, fieldNumber, "[\"\(String(describing: key).prefix(64))\"]") }
    }

    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitSingularStringField(value: String, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) { note(fieldNumber) }
    mutating func visitMapField<Key, Value: MapValueType>(
        fieldType: _ProtobufMap<Key, Value>.Type,
        value: _ProtobufMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) { note(fieldNumber) }
    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufEnumMap<Key, Value>.Type,
        value: _ProtobufEnumMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) where Value.RawValue == Int { note(fieldNumber) }
    mutating func visitUnknown(bytes: Data) {}
}
