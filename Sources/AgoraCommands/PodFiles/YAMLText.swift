import Yams

/// A YAML document from outside, as a tree of bounded size.
enum YAMLText {
    /// - Throws: what makes it no YAML, or too large.
    static func parse(_ text: String) throws(PodFileError) -> ManifestValue {
        guard text.utf8.count <= PodFileLimits.bytes else {
            throw PodFileError("", "the file has \(text.utf8.count) bytes; \(PodFileLimits.bytes) are allowed")
        }
        let aliases = aliasUses(in: text)
        guard aliases <= PodFileLimits.aliases else {
            throw PodFileError("", "the file uses aliases (*name) \(aliases) times; \(PodFileLimits.aliases) are allowed")
        }
        var budget = PodFileLimits.values
        return try value(of: try compose(text), at: "", depth: 0, &budget)
    }

    private static func compose(_ text: String) throws(PodFileError) -> Node {
        do {
            guard let node = try Yams.compose(yaml: text) else { throw PodFileError("", "the file is empty") }
            return node
        } catch let error as PodFileError {
            throw error
        } catch {
            throw PodFileError("", "the file is not valid YAML: \(problem(error))")
        }
    }

    /// The parser's complaint on one line, with its place in the file.
    private static func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            if problem.hasPrefix("but found another document") { return "line \(mark.line): there must be one document only" }
            return "line \(mark.line), column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let names, let context):
            return "line \(context.mark.line): given twice: \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
        case .reader(let problem, _, _, _): return problem
        default: return "\(error)".split(separator: "\n").joined(separator: " ")
        }
    }

    private static func value(
        of node: Node,
        at path: String,
        depth: Int,
        _ budget: inout Int
    ) throws(PodFileError) -> ManifestValue {
        budget -= 1
        guard budget > 0 else { throw PodFileError("", "the file has more than \(PodFileLimits.values) values") }
        guard depth <= PodFileLimits.depth else {
            throw PodFileError("", "lists and maps are nested more than \(PodFileLimits.depth) deep")
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNull = isPlain && PlainScalar(scalar.string) == .null
            return ManifestValue(path: path, content: isNull ? .null : .scalar(scalar.string, isPlain: isPlain))
        case .sequence(let sequence):
            var items: [ManifestValue] = []
            for (index, item) in sequence.enumerated() {
                items.append(try value(of: item, at: "\(path)[\(index)]", depth: depth + 1, &budget))
            }
            return ManifestValue(path: path, content: .list(items))
        case .mapping(let mapping):
            return ManifestValue(path: path, content: .fields(try fields(of: mapping, at: path, depth: depth, &budget)))
        case .alias:
            throw PodFileError(path, "an alias without its anchor")
        }
    }

    private static func fields(
        of mapping: Node.Mapping,
        at path: String,
        depth: Int,
        _ budget: inout Int
    ) throws(PodFileError) -> [(name: String, value: ManifestValue)] {
        var fields: [(name: String, value: ManifestValue)] = []
        for (key, item) in mapping {
            guard case .scalar(let scalar) = key else { throw PodFileError(path, "the names of fields must be texts") }
            guard scalar.string != "<<" else { throw PodFileError(path, "merge keys (<<) are not supported; write the fields out") }
            let name = scalar.string.clipped
            let place = path.isEmpty ? name : "\(path).\(name)"
            fields.append((scalar.string, try value(of: item, at: place, depth: depth + 1, &budget)))
        }
        return fields
    }

    /// How often a word after `*` names a word after `&`: the most that aliases can be used. Scripts in the file that
    /// happen to contain both count too, which does no harm below the limit.
    private static func aliasUses(in text: String) -> Int {
        var anchors: Set<Substring> = []
        var uses: [Substring: Int] = [:]
        let words = text.split { " \t\r\n,[]{}:".contains($0) }
        for word in words where word.count > 1 {
            if word.first == "&" { anchors.insert(word.dropFirst()) }
            if word.first == "*" { uses[word.dropFirst(), default: 0] += 1 }
        }
        return uses.reduce(0) { anchors.contains($1.key) ? $0 + $1.value : $0 }
    }
}

extension String {
    /// At most sixty characters, for messages.
    var clipped: String { count > 60 ? prefix(60) + "…" : self }
}
