import TranscriptTesting

/// Compares which fields values have and of which kinds; what stands in them is different in every run.
enum Shape {
    /// Where ours are made differently from the recorded ones, each place once. Lists are compared by what all of their
    /// elements have together, and only if neither is empty.
    static func differences(recorded: [RecordedJSON], ours: [RecordedJSON], at path: String = "") -> [String] {
        let (theirKinds, ourKinds) = (Set(recorded.map(\.kind)), Set(ours.map(\.kind)))
        guard theirKinds == ourKinds else {
            return ["\(path): \(theirKinds.sorted().joined(separator: "|")) is \(ourKinds.sorted().joined(separator: "|")) here"]
        }
        let elements = (recorded.flatMap(\.elements), ours.flatMap(\.elements))
        let inLists = elements.0.isEmpty || elements.1.isEmpty ? [] : differences(recorded: elements.0, ours: elements.1, at: path + "[]")
        return fields(recorded, ours, at: path) + inLists
    }

    private static func fields(_ recorded: [RecordedJSON], _ ours: [RecordedJSON], at path: String) -> [String] {
        // The settings of a program are its own.
        guard !path.hasSuffix(".flags") else { return [] }
        let names = Set((recorded + ours).flatMap(\.names)).sorted()
        return names.flatMap { name -> [String] in
            let values = (recorded.compactMap { $0[name] }, ours.compactMap { $0[name] })
            if values.1.isEmpty { return ["\(path).\(name) is missing"] }
            if values.0.isEmpty { return ["\(path).\(name) is added"] }
            return differences(recorded: values.0, ours: values.1, at: "\(path).\(name)")
        }
    }
}

extension RecordedJSON {
    fileprivate var kind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "list"
        case .object: "object"
        }
    }

    fileprivate var names: [String] {
        if case .object(let fields) = self { Array(fields.keys) } else { [] }
    }

    fileprivate var elements: [RecordedJSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The text at the end of a path, or nothing.
    func text(_ path: String...) -> String? {
        let value = path.reduce(self as RecordedJSON?) { $0?[$1] }
        guard case .string(let text)? = value else { return nil }
        return text
    }
}
