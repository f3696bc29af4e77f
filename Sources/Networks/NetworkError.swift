/// Why a network was not joined or left: what was attempted, on what, why it failed, what to do.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole story.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Text of somebody else, made fit to stand in a message: in quotes, short, on one line.
func quoted(_ text: some StringProtocol) -> String {
    let limit = 300
    let shown = text.prefix(limit).map { $0.isNewline ? " " : $0 }
    return "\"\(String(shown))\(text.count > limit ? "…" : "")\""
}
