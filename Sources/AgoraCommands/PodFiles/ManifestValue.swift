/// A value of a YAML document and its place there.
struct ManifestValue {
    enum Content {
        case null
        /// What is written, and whether without quotes, so that it may mean a number or a truth value.
        case scalar(String, isPlain: Bool)
        case list([ManifestValue])
        /// In the order of the document.
        case fields([(name: String, value: ManifestValue)])
    }

    /// As "spec.containers[0].image"; empty for the root.
    let path: String
    let content: Content

    /// Whether it says nothing: null, false, an empty text, list or map.
    var saysNothing: Bool {
        switch content {
        case .null: true
        case .scalar(let text, let isPlain): text.isEmpty || (isPlain && text == "false")
        case .list(let items): items.isEmpty
        case .fields(let fields): fields.isEmpty
        }
    }

    /// What kind of value it is, for messages.
    var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text, isPlain: true): PlainScalar(text).kind
        case .scalar: "a text"
        case .list: "a list"
        case .fields: "a map"
        }
    }

    func error(_ reason: String) -> PodFileError { PodFileError(path, reason) }

    /// A text. Numbers and truth values without quotes are refused, as Kubernetes does.
    func text() throws(PodFileError) -> String {
        guard case .scalar(let text, let isPlain) = content else { throw error("must be a text, is \(kind)") }
        guard !isPlain || PlainScalar(text) == .text else {
            throw error("must be a text, is \(kind); write it in quotes: \"\(text)\"")
        }
        guard !text.contains("\0") else { throw error("contains the character NUL, which no program can receive") }
        return text
    }

    /// A text that is not empty.
    func nonEmptyText() throws(PodFileError) -> String {
        let text = try text()
        guard !text.isEmpty else { throw error("must not be empty") }
        return text
    }

    /// A text, or a number as it is written, with or without quotes; quantities may be either.
    func textOrNumber() throws(PodFileError) -> String {
        guard case .scalar(let text, let isPlain) = content, !isPlain || PlainScalar(text) != .truth else {
            throw error("must be a text or a number, is \(kind)")
        }
        return text
    }

    func truth() throws(PodFileError) -> Bool {
        guard case .scalar(let text, isPlain: true) = content, text == "true" || text == "false" else {
            throw error("must be true or false, is \(kind)")
        }
        return text == "true"
    }

    func integer(in range: ClosedRange<Int64>) throws(PodFileError) -> Int64 {
        guard case .scalar(let text, isPlain: true) = content, let number = Int64(text) else {
            throw error("must be a whole number, is \(kind)")
        }
        guard range.contains(number) else {
            throw error("must be between \(range.lowerBound) and \(range.upperBound), is \(number)")
        }
        return number
    }

    func list(atMost limit: Int) throws(PodFileError) -> [ManifestValue] {
        guard case .list(let items) = content else { throw error("must be a list, is \(kind)") }
        guard items.count <= limit else { throw error("has \(items.count) entries; \(limit) are allowed") }
        return items
    }

    func texts() throws(PodFileError) -> [String] {
        var texts: [String] = []
        for item in try list(atMost: PodFileLimits.values) { texts.append(try item.text()) }
        return texts
    }

    /// A map from texts to texts, in the order of the document.
    func textMap() throws(PodFileError) -> [(name: String, value: String)] {
        guard case .fields(let fields) = content else { throw error("must be a map, is \(kind)") }
        var map: [(name: String, value: String)] = []
        for field in fields { map.append((field.name, try field.value.text())) }
        return map
    }
}

/// What a scalar without quotes means, by the rules of YAML 1.1 that Kubernetes applies.
enum PlainScalar: Equatable {
    case text
    case number
    case truth
    case null

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "false", "False", "FALSE": self = .truth
        case "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF": self = .truth
        default: self = Self.isNumber(text) ? .number : .text
        }
    }

    var kind: String {
        switch self {
        case .text: "a text"
        case .number: "a number"
        case .truth: "a truth value"
        case .null: "nothing"
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.drop { $0 == "-" || $0 == "+" }
        guard let first = digits.utf8.first, first == UInt8(ascii: ".") || (48...57).contains(first) else {
            return digits == ".inf" || text == ".nan"
        }
        if digits.hasPrefix("0x") { return Int64(digits.dropFirst(2), radix: 16) != nil }
        if digits.hasPrefix("0o") { return Int64(digits.dropFirst(2), radix: 8) != nil }
        return Double(digits) != nil
    }
}
