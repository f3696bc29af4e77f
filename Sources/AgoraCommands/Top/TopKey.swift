/// A key that was pressed on a terminal.
enum TopKey: Hashable, Sendable {
    case character(Character)
    case enter, escape, backspace, tab
    case up, down, pageUp, pageDown, home, end
    /// Ctrl-C and Ctrl-Z, which a terminal in raw mode hands on.
    case interrupt, suspend

    /// The keys in what a terminal sent at once. Keys that mean nothing here, and what is no text, are passed over.
    static func keys(in bytes: [UInt8]) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = Substring(String(decoding: bytes, as: UTF8.self))
        while let first = rest.unicodeScalars.first {
            if first == "\u{1b}" {
                keys += escape(&rest)
                continue
            }
            let character = rest.removeFirst()
            keys += key(character).map { [$0] } ?? []
        }
        return keys
    }

    private static func key(_ character: Character) -> TopKey? {
        switch character {
        case "\r", "\n", "\r\n": .enter
        case "\t": .tab
        case "\u{7f}", "\u{8}": .backspace
        case "\u{3}": .interrupt
        case "\u{1a}": .suspend
        case "\u{fffd}": nil
        default: character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? .character(character) : nil
        }
    }

    /// An escape alone is the key; with what follows it is another one, see ECMA-48 5.4.
    private static func escape(_ rest: inout Substring) -> [TopKey] {
        rest.removeFirst()
        guard rest.first == "[" || rest.first == "O" else { return [.escape] }
        rest.removeFirst()
        let parameters = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ";") }
        rest = rest.dropFirst(parameters.count)
        guard let final = rest.popFirst() else { return [] }
        let names: [String: TopKey] = [
            "A": .up, "B": .down, "H": .home, "F": .end, "1~": .home, "4~": .end, "5~": .pageUp, "6~": .pageDown, "7~": .home, "8~": .end,
        ]
        return names[final == "~" ? "\(parameters)~" : "\(final)"].map { [$0] } ?? []
    }
}
