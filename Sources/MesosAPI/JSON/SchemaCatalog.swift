import MesosMessages
import SwiftProtobuf

/// The schemas of all messages, made once from the generated descriptors.
struct SchemaCatalog: Sendable {
    static let all = SchemaCatalog(base64: messageDescriptors)

    private(set) var schemas: [MessageSchema] = []
    private var positions: [String: Int] = [:]
    private var enums: [String: EnumSchema] = [:]

    /// The schema of a generated message.
    static func schema(of type: (some Message).Type) -> MessageSchema {
        guard let position = all.positions[type.protoMessageName] else {
            preconditionFailure("\(type.protoMessageName) is not among the generated descriptors: run `make proto`")
        }
        return all.schemas[position]
    }

    /// Of these messages Mesos writes all lists that are not deprecated, the empty ones too: operators' tools count on
    /// finding them.
    private static let messagesWithEmptyLists: Set<String> = [
        "mesos.v1.master.Response.GetAgents", "mesos.v1.master.Response.GetExecutors",
        "mesos.v1.master.Response.GetFrameworks", "mesos.v1.master.Response.GetTasks",
        "mesos.v1.agent.Response.GetExecutors", "mesos.v1.agent.Response.GetFrameworks", "mesos.v1.agent.Response.GetTasks",
    ]

    private init(base64: String) {
        guard let bytes = Base64.decode(base64.utf8), let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: bytes) else {
            preconditionFailure("the generated descriptors do not parse: run `make proto`")
        }
        var messages: [(name: String, descriptor: Google_Protobuf_DescriptorProto)] = []
        for file in set.file {
            for descriptor in file.enumType { addEnum(descriptor, in: file.package) }
            for descriptor in file.messageType { collect(descriptor, in: file.package, into: &messages) }
        }
        for (position, message) in messages.enumerated() { positions[message.name] = position }
        let mapEntries = Set(messages.filter { $0.descriptor.options.mapEntry }.map(\.name))
        schemas = messages.map { message in
            let showsLists = Self.messagesWithEmptyLists.contains(message.name)
            return MessageSchema(
                fields: message.descriptor.field.map { field($0, mapEntries, showsLists: showsLists) },
                isMapEntry: mapEntries.contains(message.name)
            )
        }
    }

    private mutating func collect(
        _ descriptor: Google_Protobuf_DescriptorProto,
        in scope: String,
        into messages: inout [(name: String, descriptor: Google_Protobuf_DescriptorProto)]
    ) {
        let name = "\(scope).\(descriptor.name)"
        messages.append((name, descriptor))
        for nested in descriptor.enumType { addEnum(nested, in: name) }
        for nested in descriptor.nestedType { collect(nested, in: name, into: &messages) }
    }

    private mutating func addEnum(_ descriptor: Google_Protobuf_EnumDescriptorProto, in scope: String) {
        let values = descriptor.value.map { ($0.name, Int($0.number)) }
        enums["\(scope).\(descriptor.name)"] = EnumSchema(
            numberByName: Dictionary(values) { first, _ in first },
            jsonByNumber: Dictionary(values.map { ($1, JSONText.quoted($0)) }) { first, _ in first }
        )
    }

    private func field(
        _ descriptor: Google_Protobuf_FieldDescriptorProto,
        _ mapEntries: Set<String>,
        showsLists: Bool
    ) -> FieldSchema {
        let typeName = String(descriptor.typeName.drop { $0 == "." })
        let isMap = mapEntries.contains(typeName)
        let isRepeated = descriptor.label == .repeated && !isMap
        return FieldSchema(
            name: descriptor.name,
            number: Int(descriptor.number),
            kind: isMap ? .map(reference(typeName)) : kind(descriptor.type, typeName),
            isRequired: descriptor.label == .required,
            isRepeated: isRepeated,
            jsonWhenUnset: jsonWhenUnset(descriptor, isList: isRepeated && showsLists)
        )
    }

    private func jsonWhenUnset(_ descriptor: Google_Protobuf_FieldDescriptorProto, isList: Bool) -> [UInt8]? {
        guard !descriptor.options.deprecated else { return nil }
        if isList { return Array("[]".utf8) }
        return descriptor.hasDefaultValue ? defaultJSON(descriptor) : nil
    }

    private func kind(_ type: Google_Protobuf_FieldDescriptorProto.TypeEnum, _ typeName: String) -> FieldSchema.Kind {
        switch type {
        case .double: return .double
        case .float: return .float
        case .int32: return .signed(bits: 32)
        case .int64: return .signed(bits: 64)
        case .uint32: return .unsigned(bits: 32)
        case .uint64: return .unsigned(bits: 64)
        case .bool: return .bool
        case .string: return .string
        case .bytes: return .bytes
        case .message: return .message(reference(typeName))
        case .enum:
            guard let schema = enums[typeName] else { preconditionFailure("enum \(typeName) has no descriptor") }
            return .enumeration(schema)
        default: preconditionFailure("the JSON mapping knows no fields of type \(type)")
        }
    }

    private func reference(_ name: String) -> SchemaReference {
        guard let position = positions[name] else { preconditionFailure("message \(name) has no descriptor") }
        return SchemaReference(name: name, position: position)
    }

    private func defaultJSON(_ descriptor: Google_Protobuf_FieldDescriptorProto) -> [UInt8] {
        let text = descriptor.defaultValue
        switch descriptor.type {
        case .string, .enum, .bytes: return JSONText.quoted(text)
        case .double, .float:
            var output: [UInt8] = []
            JSONText.append(Double(text) ?? 0, to: &output)
            return output
        default: return Array(text.utf8)
        }
    }
}
