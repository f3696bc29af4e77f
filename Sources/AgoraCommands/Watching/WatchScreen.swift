/// A terminal on which the same text is written again and again in its place.
///
/// Its contents stay when it is left, and nothing else of it is changed but that the cursor is hidden meanwhile.
actor WatchScreen {
    private let size: @Sendable () -> (columns: Int, rows: Int)
    private let write: @Sendable (String) async -> Void
    private var isBegun = false

    /// Nil if standard output is no terminal that can be written over.
    static func onStandardOutput() -> WatchScreen? {
        guard Terminal.isRedrawable(.output) else { return nil }
        return WatchScreen {
            Terminal.size(.output) ?? (80, 24)
        } write: { text in
            await Terminal.write(Array(text.utf8), to: .output)
        }
    }

    init(size: @escaping @Sendable () -> (columns: Int, rows: Int), write: @escaping @Sendable (String) async -> Void) {
        self.size = size
        self.write = write
    }

    /// Writes the text from the upper left corner on, as far as there is room, and what is wrong below it.
    func draw(_ text: String, trouble: String? = nil, isResized: Bool = false) async {
        let (columns, rows) = size()
        let notes = (trouble ?? "").split(separator: "\n").map { DisplayWidth.cut("agora: \($0)", to: columns) }
        let room = max(1, rows - 1 - notes.count)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        // Lines with colours fit already.
        lines = lines.map { $0.contains("\u{1b}") ? $0 : DisplayWidth.cut($0, to: columns) }
        if lines.count > room {
            let hidden = lines.count - room + 1
            lines = lines.prefix(room - 1) + [DisplayWidth.cut("… and \(hidden) more lines", to: columns)]
        }
        let begin = isBegun ? isResized ? Self.erased : "" : Self.hiddenCursor + Self.erased
        isBegun = true
        await write(begin + Self.corner + (lines + notes).map { $0 + Self.restOfLineErased + "\n" }.joined() + Self.restErased)
    }

    /// Gives the terminal back.
    func leave() async {
        guard isBegun else { return }
        isBegun = false
        await write(Self.shownCursor + "\n")
    }

    // See console_codes(4).
    private static let corner = "\u{1b}[H"
    private static let erased = "\u{1b}[2J"
    private static let restOfLineErased = "\u{1b}[K"
    private static let restErased = "\u{1b}[J"
    private static let hiddenCursor = "\u{1b}[?25l"
    private static let shownCursor = "\u{1b}[?25h"
}
