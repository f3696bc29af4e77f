/// Bytes of one of several programs, cut into lines that each begin with the program's name.
struct PrefixedLines {
    /// Bytes of a line that are held back until it ends; a longer line is cut.
    static let maximumLine = 64 * 1024

    private let prefix: [UInt8]
    private var partial: [UInt8] = []

    init(prefix: String) { self.prefix = [UInt8](prefix.utf8) }

    /// The lines that `bytes` complete.
    mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        var complete: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            complete += prefix + partial + rest[...end]
            partial.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        partial += rest
        if partial.count > Self.maximumLine { complete += finish() }
        return complete
    }

    /// What is left without an end of line, with one.
    mutating func finish() -> [UInt8] {
        guard !partial.isEmpty else { return [] }
        defer { partial.removeAll(keepingCapacity: true) }
        return prefix + partial + [UInt8(ascii: "\n")]
    }
}
