/// A function of a file, and the lines it takes: in Swift from its first word, in C from its first brace, to its last brace.
struct Function: Hashable {
    let line: Int
    let length: Int

    /// Swift's functions, initialisers and the like: everything whose body follows one of these words.
    static func ofSwift(_ source: SourceText) -> [Function] {
        let text = Array(source.lines.joined(separator: "\n").utf8)
        return words(in: text, ["func", "init", "deinit", "subscript"]).compactMap { start, end in
            guard let opening = bodyStart(in: text, from: end), let closing = closingBrace(in: text, from: opening) else { return nil }
            return function(in: text, start, closing)
        }
    }

    /// C's functions: blocks outside of all others that follow a closing parenthesis.
    static func ofC(_ source: SourceText) -> [Function] {
        let isDirective: (String) -> Bool = { $0.drop { $0 == " " }.hasPrefix("#") }
        let text = Array(source.lines.map { isDirective($0) ? "" : $0 }.joined(separator: "\n").utf8)
        var functions: [Function] = []
        var position = 0
        while let opening = text[position...].firstIndex(of: UInt8(ascii: "{")), let closing = closingBrace(in: text, from: opening) {
            let before = text[position..<opening].last { !isBlank($0) }
            if before == UInt8(ascii: ")") { functions.append(function(in: text, opening, closing)) }
            position = closing + 1
        }
        return functions
    }

    private static func function(in text: [UInt8], _ start: Int, _ end: Int) -> Function {
        let newline = UInt8(ascii: "\n")
        return Function(
            line: text[..<start].count { $0 == newline } + 1,
            length: text[start...end].count { $0 == newline } + 1
        )
    }

    private static func words(in text: [UInt8], _ wanted: Set<String>) -> [(start: Int, end: Int)] {
        var found: [(Int, Int)] = []
        var position = 0
        while position < text.count {
            guard isWordPart(text[position]) else {
                position += 1
                continue
            }
            let end = text[position...].firstIndex { !isWordPart($0) } ?? text.count
            let isMember = position > 0 && text[position - 1] == UInt8(ascii: ".")
            if !isMember, wanted.contains(String(decoding: text[position..<end], as: UTF8.self)) { found.append((position, end)) }
            position = end
        }
        return found
    }

    /// The brace that opens the body of a declaration; nil for a requirement or a call, which have none.
    private static func bodyStart(in text: [UInt8], from start: Int) -> Int? {
        var depth = 0
        for position in start..<text.count {
            switch text[position] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return nil }
            case UInt8(ascii: "{") where depth == 0: return position
            case UInt8(ascii: "}") where depth == 0: return nil
            case UInt8(ascii: "\n") where depth == 0 && !continues(text[(position + 1)...]): return nil
            default: break
            }
        }
        return nil
    }

    /// Whether a line goes on with the signature that the line before began.
    private static func continues(_ rest: ArraySlice<UInt8>) -> Bool {
        let line = rest.drop(while: isBlank)
        return ["->", "where ", "async", "throws", "rethrows", "{"].contains { line.starts(with: $0.utf8) }
    }

    private static func closingBrace(in text: [UInt8], from opening: Int) -> Int? {
        var depth = 0
        for position in opening..<text.count {
            if text[position] == UInt8(ascii: "{") { depth += 1 }
            if text[position] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return position }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    private static func isWordPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "_") || byte >= 0x80
        }
    }
}
