public import Cluster
public import MesosMessages

extension Mesos_V1_Attribute {
    /// How many attributes an agent may have.
    public static let maximumCount = 1024

    /// Reads what an agent's `--attributes` says: `rack:abc;zone:west;level:10;vlans:[100-120]`.
    ///
    /// A value in brackets is ranges, a number is a scalar, all else is text. Several attributes may have one name.
    public static func parse(_ text: String) throws(ResourcesError) -> [Mesos_V1_Attribute] {
        guard text.utf8.count <= Resources.maximumTextLength else {
            throw ResourcesError(piece: text, reason: "the attributes are longer than \(Resources.maximumTextLength) bytes")
        }
        let pieces = text.split { $0 == ";" || $0.isNewline }.filter { !$0.allSatisfy(\.isWhitespace) }
        guard pieces.count <= maximumCount else {
            throw ResourcesError(piece: text, reason: "there are \(pieces.count) attributes; \(maximumCount) are allowed")
        }
        var attributes: [Mesos_V1_Attribute] = []
        for piece in pieces { attributes.append(try Mesos_V1_Attribute(parsing: piece)) }
        return attributes
    }

    private init(parsing piece: Substring) throws(ResourcesError) {
        let parts = piece.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
        guard parts.count == 2, let name = parts.first, let value = parts.last, !name.isEmpty, !value.isEmpty else {
            throw ResourcesError(piece: String(piece), reason: "is not an attribute; write for example rack:abc")
        }
        self.init()
        self.name = name
        do {
            try set(value)
        } catch {
            throw ResourcesError(piece: String(piece), reason: error.reason)
        }
    }

    private mutating func set(_ text: String) throws(ResourcesError) {
        if text.first == "[" || text.first == "{" {
            guard case .ranges(let value) = try ResourceValue.parse(text[...]) else {
                throw ResourcesError(piece: text, reason: "an attribute cannot be a set; write text, a number or ranges")
            }
            type = .ranges
            ranges = value.message
        } else if text.utf8.allSatisfy("+-.0123456789eE".utf8.contains), let number = Double(text), number.isFinite {
            type = .scalar
            scalar.value = number
        } else {
            type = .text
            self.text.value = text
        }
    }
}

extension Mesos_V1_Attribute {
    /// The value as `parse` reads it.
    public var valueText: String {
        switch type {
        case .scalar: (try? Scalar(scalar.value))?.description ?? "\(scalar.value)"
        case .text: text.value
        case .ranges: "[" + ranges.range.map { "\($0.begin)-\($0.end)" }.joined(separator: ", ") + "]"
        case .set: "{" + set.item.joined(separator: ",") + "}"
        }
    }
}

/// The text without white space at either end.
private func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
}
