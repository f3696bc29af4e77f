import Foundation
import Yams

/// Values as text for programs, with their fields always in the same order.
enum DataText {
    static func json(_ value: some Encodable, isOneLine: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity",
            negativeInfinity: "-Infinity",
            nan: "NaN"
        )
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Parameter isOneOfMany: whether it begins with the mark that parts documents.
    static func yaml(_ value: some Encodable, isOneOfMany: Bool = false) throws -> String {
        // By way of JSON, so that both say the same.
        let value = try DataValue(json: Array(json(value, isOneLine: true).utf8))
        return try Yams.serialize(node: node(value), indent: 2, width: -1, allowUnicode: true, explicitStart: isOneOfMany)
    }

    /// A number as people write it: without ".0".
    static func number(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func node(_ value: DataValue) -> Node {
        switch value {
        case .null: Node("null", Tag(.null))
        case .truth(let truth): Node("\(truth)", Tag(.bool))
        case .integer(let number): Node("\(number)", Tag(.int))
        case .unsigned(let number): Node("\(number)", Tag(.int))
        case .real(let number): Node(text(number), Tag(.float))
        case .text(let text): Node(text, Tag(.str), style(text))
        case .list(let list): Node(list.map(node), Tag(.seq), .block)
        case .fields(let fields):
            Node(
                fields.sorted { $0.key < $1.key }.map { (Node($0.key, Tag(.str), style($0.key, isKey: true)), node($0.value)) },
                Tag(.map),
                .block
            )
        }
    }

    /// With a point, which YAML 1.1 wants where there is an exponent.
    private static func text(_ number: Double) -> String {
        let text = number.description
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    /// Quoted where a reader of YAML 1.1 might take the text for something else.
    private static func style(_ text: String, isKey: Bool = false) -> Node.Scalar.Style {
        let controls = text.unicodeScalars.filter {
            [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        guard controls.allSatisfy({ $0 == "\n" }), controls.isEmpty || !isKey else { return .doubleQuoted }
        guard controls.isEmpty else { return .literal }
        guard let first = text.utf8.first else { return .singleQuoted }
        let mayBeNumber = text.utf8.allSatisfy(inNumbers.contains) && !lettersOfNumbers.contains(first)
        return PlainScalar(text) != .text || mayBeNumber || words.contains(text) ? .singleQuoted : .any
    }

    /// Of numbers, dates and times.
    private static let inNumbers = Set("0123456789+-.:_ eEtTzZxXoOabcdfABCDF".utf8)
    private static let lettersOfNumbers = Set("eEtTzZxXoOabcdfABCDF ".utf8)
    private static let words: Set<String> = ["y", "Y", "n", "N", "=", "<<", ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"]
}
