extension RecordedJSON {
    /// How strictly what we write has to be what was recorded.
    public enum Strictness: Sendable {
        /// The other side was a Mesos: the same keys, the same values, numbers with the same text.
        case server
        /// The other side was a client: it may write `16` for `16.0`, empty lists, and leave defaults out.
        case client
    }

    /// Stands for a number that is different in each recording, such as a time.
    public static let anyNumber = "1"

    /// Where `written` is not what was recorded, as paths.
    public func differences(from written: RecordedJSON, _ strictness: Strictness, at path: String = "") -> [String] {
        switch (self, written) {
        case (.object(let fields), .object(let writtenFields)):
            var found: [String] = []
            for (key, value) in fields where !value.isEmptyList || strictness == .server {
                guard let writtenValue = writtenFields[key] else {
                    found.append("\(path).\(key) is not written")
                    continue
                }
                found += value.differences(from: writtenValue, strictness, at: "\(path).\(key)")
            }
            if strictness == .server {
                found += writtenFields.keys.filter { fields[$0] == nil }.map { "\(path).\($0) is written, but was not recorded" }
            }
            return found
        case (.array(let elements), .array(let writtenElements)) where elements.count == writtenElements.count:
            return zip(elements, writtenElements).enumerated().flatMap { index, pair in
                pair.0.differences(from: pair.1, strictness, at: "\(path)[\(index)]")
            }
        case (.number(let text), .number(let writtenText)):
            let isSame = text == writtenText || (text == Self.anyNumber || strictness == .client) && Double(text) == Double(writtenText)
            return isSame ? [] : ["\(path): \(text) is written as \(writtenText)"]
        default: return self == written ? [] : ["\(path): \(self) is written as \(written)"]
        }
    }

    private var isEmptyList: Bool { self == .array([]) }
}
