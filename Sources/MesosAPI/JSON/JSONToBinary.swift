/// Reads JSON as Mesos writes it and puts out the same message in protobuf's binary form, checking it on the way.
struct JSONToBinary {
    /// How deep values may nest; messages of the API need less than 20.
    static let maximumDepth = 100

    private var scanner: JSONScanner
    private var output = BinaryOutput()

    /// The message in binary. The text must be one object.
    static func convert(_ text: [UInt8], _ schema: MessageSchema) throws(MesosJSONError) -> [UInt8] {
        var conversion = JSONToBinary(scanner: JSONScanner(text))
        try conversion.object(schema, maximumDepth)
        try conversion.scanner.expectEnd()
        return conversion.output.bytes
    }

    private init(scanner: JSONScanner) {
        self.scanner = scanner
    }

    private mutating func object(_ schema: MessageSchema, _ depth: Int) throws(MesosJSONError) {
        guard depth > 0 else { throw scanner.failure("values are nested too deep") }
        guard scanner.take("{") else { throw scanner.unexpected("an object") }
        var seen: FieldSet = []
        var given: FieldSet = []
        if !scanner.take("}") {
            repeat {
                let key = try scanner.string()
                try scanner.expect(":")
                guard let position = schema.position(name: key) else {
                    try scanner.skipValue(depth: depth)
                    continue
                }
                guard !scanner.take(word: "null") else { continue }
                let field = schema.fields[position]
                guard !given.contains(position) else { throw MesosJSONError("the key stands there twice", path: field.name) }
                given.insert(position)
                do throws(MesosJSONError) {
                    if try value(of: field, depth) { seen.insert(position) }
                } catch {
                    throw error.inside(field.name)
                }
            } while scanner.take(",")
            try scanner.expect("}")
        }
        if let missing = schema.required.first(where: { !seen.contains($0) }) {
            throw MesosJSONError("the required field is missing", path: schema.fields[missing].name)
        }
    }

    /// False if the value does not count as set: an enum name that is not known.
    private mutating func value(of field: FieldSchema, _ depth: Int) throws(MesosJSONError) -> Bool {
        if case .map(let reference) = field.kind {
            try map(field, reference, depth)
            return true
        }
        guard field.isRepeated else { return try single(field, depth) }
        guard scanner.take("[") else { throw scanner.unexpected("an array") }
        guard !scanner.take("]") else { return true }
        var index = 0
        repeat {
            do throws(MesosJSONError) {
                if !scanner.take(word: "null") { _ = try single(field, depth) }
            } catch {
                throw error.inside("[\(index)]")
            }
            index += 1
        } while scanner.take(",")
        try scanner.expect("]")
        return true
    }

    private mutating func map(_ field: FieldSchema, _ reference: SchemaReference, _ depth: Int) throws(MesosJSONError) {
        guard scanner.take("{") else { throw scanner.unexpected("an object") }
        guard !scanner.take("}") else { return }
        let entry = reference.schema
        guard let key = entry.position(number: 1), let value = entry.position(number: 2) else {
            preconditionFailure("\(reference.name) is no map entry")
        }
        precondition(entry.fields[key].kind.isString, "maps have strings as keys")
        var names = Set<ArraySlice<UInt8>>()
        repeat {
            let name = try scanner.string()
            try scanner.expect(":")
            guard !scanner.take(word: "null") else { continue }
            guard names.insert(name).inserted else { throw MesosJSONError("the key stands there twice", path: Self.shown(name)) }
            output.tag(field.number, .lengthDelimited)
            let start = output.begin()
            output.tag(1, .lengthDelimited)
            output.delimited(name)
            do throws(MesosJSONError) {
                _ = try single(entry.fields[value], depth)
            } catch {
                throw error.inside(Self.shown(name))
            }
            output.end(start)
        } while scanner.take(",")
        try scanner.expect("}")
    }

    private static func shown(_ key: ArraySlice<UInt8>) -> String {
        "[\"\(String(decoding: key.prefix(64), as: UTF8.self))\"]"
    }

    private mutating func single(_ field: FieldSchema, _ depth: Int) throws(MesosJSONError) -> Bool {
        switch field.kind {
        case .message(let reference):
            output.tag(field.number, .lengthDelimited)
            let start = output.begin()
            try object(reference.schema, depth - 1)
            output.end(start)
        case .enumeration(let schema): return try enumeration(field, schema)
        case .string:
            let text = try scanner.string()
            output.tag(field.number, .lengthDelimited)
            output.delimited(text)
        case .bytes:
            guard let bytes = Base64.decode(try scanner.string()) else { throw scanner.failure("the text is not base64") }
            output.tag(field.number, .lengthDelimited)
            output.delimited(bytes)
        case .map: preconditionFailure("maps are read as a whole")
        case .bool, .double, .float, .signed, .unsigned: try scalar(field)
        }
        return true
    }

    private mutating func enumeration(_ field: FieldSchema, _ schema: EnumSchema) throws(MesosJSONError) -> Bool {
        var number: Int?
        var shown = ""
        if scanner.peek() == UInt8(ascii: "\"") {
            shown = String(decoding: try scanner.string(), as: UTF8.self)
            number = schema.numberByName[shown]
        } else {
            shown = String(try scanner.number().text)
            number = Int(shown).flatMap { schema.jsonByNumber[$0] == nil ? nil : $0 }
        }
        guard let number else {
            guard !field.isRequired else { throw MesosJSONError("'\(shown.prefix(64))' is not one of its values") }
            return false
        }
        output.tag(field.number, .varint)
        output.varint(UInt64(bitPattern: Int64(number)))
        return true
    }

    private mutating func scalar(_ field: FieldSchema) throws(MesosJSONError) {
        switch field.kind {
        case .bool:
            let value = try scanner.bool()
            output.tag(field.number, .varint)
            output.varint(value ? 1 : 0)
        case .double:
            let value = try scanner.double()
            output.tag(field.number, .fixed64)
            output.fixed(value.bitPattern)
        case .float:
            let value = Float(try scanner.double())
            output.tag(field.number, .fixed32)
            output.fixed(value.bitPattern)
        case .signed(let bits):
            let value = bits == 32 ? Int64(try scanner.integer(as: Int32.self)) : try scanner.integer(as: Int64.self)
            output.tag(field.number, .varint)
            output.varint(UInt64(bitPattern: value))
        case .unsigned(let bits):
            let value = bits == 32 ? UInt64(try scanner.integer(as: UInt32.self)) : try scanner.integer(as: UInt64.self)
            output.tag(field.number, .varint)
            output.varint(value)
        default: preconditionFailure("\(field.name) is no scalar")
        }
    }
}

extension FieldSchema.Kind {
    fileprivate var isString: Bool {
        if case .string = self { true } else { false }
    }
}
