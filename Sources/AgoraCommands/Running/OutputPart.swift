/// What of an output is wanted; without any wish, all that is kept.
struct OutputPart: Hashable, Sendable {
    var since: MomentArgument?
    /// The last lines of it.
    var lines: Int?

    static let all = OutputPart()

    /// As agents take it, by name.
    var fields: [(name: String, value: String)] {
        (since.map { [("since", $0.text)] } ?? []) + (lines.map { [("tail", "\($0)")] } ?? [])
    }
}
