/// Reads a message in protobuf's binary form and writes it as JSON the way Mesos does: names as in the .proto files,
/// bare 64-bit numbers, and declared defaults of fields that are not set.
struct BinaryToJSON {
    private var output: [UInt8] = []

    /// The message as a JSON object. The bytes are what swift-protobuf made of a message of this schema.
    static func convert(_ bytes: [UInt8], _ schema: MessageSchema) throws(MesosJSONError) -> [UInt8] {
        var conversion = BinaryToJSON()
        conversion.output.reserveCapacity(bytes.count * 3)
        try conversion.object(bytes[...], schema)
        return conversion.output
    }

    private mutating func object(_ bytes: ArraySlice<UInt8>, _ schema: MessageSchema) throws(MesosJSONError) {
        output.append(UInt8(ascii: "{"))
        var input = BinaryInput(bytes)
        var written: [Int] = []
        var open: Int?
        while !input.isAtEnd {
            let (number, value) = try input.next()
            guard let position = schema.position(number: number) else { continue }
            let field = schema.fields[position]
            if open == position {
                output.append(UInt8(ascii: ","))
            } else {
                close(open, schema)
                open = nil
                key(field, isFirst: written.isEmpty)
                written.append(position)
                if let bracket = field.openingBracket {
                    output.append(bracket)
                    open = position
                }
            }
            try element(value, field)
        }
        close(open, schema)
        for position in schema.withDefault where !written.contains(position) {
            let field = schema.fields[position]
            key(field, isFirst: written.isEmpty)
            output += field.defaultJSON ?? []
            written.append(position)
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func key(_ field: FieldSchema, isFirst: Bool) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        output.append(UInt8(ascii: "\""))
        output += field.key
        output.append(UInt8(ascii: "\""))
        output.append(UInt8(ascii: ":"))
    }

    private mutating func close(_ position: Int?, _ schema: MessageSchema) {
        guard let position, let bracket = schema.fields[position].openingBracket else { return }
        output.append(bracket == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    }

    private mutating func element(_ value: BinaryInput.Value, _ field: FieldSchema) throws(MesosJSONError) {
        switch (field.kind, value) {
        case (.double, .fixed64(let bits)): output += JSONText.number(Double(bitPattern: bits))
        case (.float, .fixed32(let bits)): output += JSONText.number(Double(Float(bitPattern: bits)))
        case (.signed, .varint(let bits)): output += Array(Int64(bitPattern: bits).description.utf8)
        case (.unsigned, .varint(let bits)): output += Array(bits.description.utf8)
        case (.bool, .varint(let bits)): output += Array((bits != 0 ? "true" : "false").utf8)
        case (.enumeration(let schema), .varint(let bits)): enumeration(Int(truncatingIfNeeded: bits), schema)
        case (.string, .delimited(let text)): JSONText.appendQuoted(text, to: &output)
        case (.bytes, .delimited(let bytes)):
            output.append(UInt8(ascii: "\""))
            Base64.append(bytes, to: &output)
            output.append(UInt8(ascii: "\""))
        case (.message(let reference), .delimited(let bytes)): try object(bytes, reference.schema)
        case (.map(let reference), .delimited(let bytes)): try mapEntry(bytes, reference.schema)
        default: throw MesosJSONError("the binary message is broken: wrong wire type", path: field.name)
        }
    }

    private mutating func enumeration(_ number: Int, _ schema: EnumSchema) {
        if let name = schema.nameByNumber[number] {
            JSONText.appendQuoted(name.utf8, to: &output)
        } else {
            output += Array(number.description.utf8)
        }
    }

    private mutating func mapEntry(_ bytes: ArraySlice<UInt8>, _ schema: MessageSchema) throws(MesosJSONError) {
        var input = BinaryInput(bytes)
        var name: ArraySlice<UInt8> = []
        var content: BinaryInput.Value?
        while !input.isAtEnd {
            switch try input.next() {
            case (1, .delimited(let text)): name = text
            case (2, let value): content = value
            default: break
            }
        }
        guard let content, let position = schema.position(number: 2) else { return }
        JSONText.appendQuoted(name, to: &output)
        output.append(UInt8(ascii: ":"))
        try element(content, schema.fields[position])
    }
}

extension FieldSchema {
    fileprivate var openingBracket: UInt8? {
        if case .map = kind { return UInt8(ascii: "{") }
        return isRepeated ? UInt8(ascii: "[") : nil
    }
}
