/// JSON with the text of its numbers kept (`16.0` is not `16`), read by a parser that shares nothing with the one under
/// test. For what is known to be JSON: mistakes are reported, not explained.
public enum RecordedJSON: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// With its text as it stands.
    case number(String)
    /// Without its quotes and escapes.
    case string(String)
    /// In order.
    case array([RecordedJSON])
    /// By name.
    case object([String: RecordedJSON])

    /// The text is no JSON from here on.
    public struct NotJSON: Error {
        /// What was left to read.
        public let rest: Scalars
    }

    /// Not characters: a quote and an accent that follows it would be one.
    public typealias Scalars = Substring.UnicodeScalarView

    /// Reads a text.
    public init(_ text: some StringProtocol) throws {
        var rest = Substring(text).unicodeScalars
        self = try Self.value(&rest)
        guard rest.allSatisfy(\.properties.isWhitespace) else { throw NotJSON(rest: rest) }
    }

    /// Reads a text in UTF-8.
    public init(_ bytes: [UInt8]) throws {
        try self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// The value of a field, if this is an object that has it.
    public subscript(_ key: String) -> RecordedJSON? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    private static func value(_ rest: inout Scalars) throws -> RecordedJSON {
        rest = rest.drop(while: \.properties.isWhitespace)
        switch rest.first {
        case "{": return .object(try list(&rest, until: "}") { try member(&$0) }.reduce(into: [:]) { $0[$1.0] = $1.1 })
        case "[": return .array(try list(&rest, until: "]") { try value(&$0) })
        case "\"": return .string(try string(&rest))
        default:
            let word = rest.prefix { !",]}".unicodeScalars.contains($0) && !$0.properties.isWhitespace }
            rest = rest.dropFirst(word.count)
            switch String(word) {
            case "null": return .null
            case "true", "false": return .bool(String(word) == "true")
            default:
                guard Double(String(word)) != nil else { throw NotJSON(rest: word) }
                return .number(String(word))
            }
        }
    }

    private static func list<Element>(
        _ rest: inout Scalars,
        until end: Unicode.Scalar,
        _ element: (inout Scalars) throws -> Element
    ) throws -> [Element] {
        rest.removeFirst()
        var elements: [Element] = []
        while true {
            rest = rest.drop { $0.properties.isWhitespace || $0 == "," }
            if rest.first == end {
                rest.removeFirst()
                return elements
            }
            guard !rest.isEmpty else { throw NotJSON(rest: rest) }
            elements.append(try element(&rest))
        }
    }

    private static func member(_ rest: inout Scalars) throws -> (String, RecordedJSON) {
        guard rest.first == "\"" else { throw NotJSON(rest: rest) }
        let key = try string(&rest)
        rest = rest.drop(while: \.properties.isWhitespace)
        guard rest.popFirst() == ":" else { throw NotJSON(rest: rest) }
        return (key, try value(&rest))
    }

    private static func string(_ rest: inout Scalars) throws -> String {
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst(), scalar != "\"" {
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "u":
                let scalar = UInt32(String(rest.prefix(4)), radix: 16).flatMap(Unicode.Scalar.init)
                guard let scalar else { throw NotJSON(rest: rest) }
                text.append(scalar)
                rest = rest.dropFirst(4)
            case let other?: text.append(other)
            case nil: throw NotJSON(rest: rest)
            }
        }
        return String(text)
    }
}
