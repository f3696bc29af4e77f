/// Looks for required fields that a message in binary form lacks: swift-protobuf says only that one is missing, people
/// want to know which.
enum RequiredFields {
    /// Fails with the path of the first required field that is missing, or if the bytes are no message at all.
    static func check(_ bytes: ArraySlice<UInt8>, _ schema: MessageSchema, depth: Int = JSONToBinary.maximumDepth) throws(MesosJSONError) {
        guard depth > 0 else { throw MesosJSONError("messages are nested too deep") }
        var input = BinaryInput(bytes)
        var counts: [Int: Int] = [:]
        while !input.isAtEnd {
            let (number, value) = try input.next()
            guard let position = schema.position(number: number) else { continue }
            let field = schema.fields[position]
            let index = counts[position, default: 0]
            counts[position] = index + 1
            guard case .delimited(let content) = value, let reference = field.reference else { continue }
            do throws(MesosJSONError) {
                try check(content, reference.schema, depth: depth - 1)
            } catch {
                throw error.inside(field.isRepeated ? "\(field.name)[\(index)]" : field.name)
            }
        }
        if let missing = schema.required.first(where: { counts[$0] == nil }) {
            throw MesosJSONError("the required field is missing", path: schema.fields[missing].name)
        }
    }
}

extension FieldSchema {
    fileprivate var reference: SchemaReference? {
        switch kind {
        case .message(let reference), .map(let reference): reference
        default: nil
        }
    }
}
