import Glibc

/// The user's terminal while a program fills its whole screen: keys come one by one, and what was on it comes back afterwards.
struct TopTerminal: Sendable {
    /// What the terminal was before.
    private let usual: termios

    /// Nothing if the program has no terminal that can do this.
    init?(environment: [String: String]) {
        var settings = termios()
        let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && (environment["TERM"] ?? "dumb") != "dumb"
        guard isTerminal, tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        usual = settings
    }

    /// Whether this program is the one that the user types into. The system stops others that touch the terminal, but not those
    /// that handle signals themselves, see tcsetattr(3) and termios(3).
    var isInFront: Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// Takes it from the user; also again, after the user had it back.
    func enter() async {
        var settings = usual
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        // The other screen, no cursor, no wrapped lines: see ECMA-48 and xterm's private modes 1049, 25 and 7.
        await write("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[2J")
    }

    /// Gives it back as it was.
    func leave() async {
        await write("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
        var settings = usual
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Shows a picture; false if there is no terminal any more.
    func show(_ lines: [TopLine]) async -> Bool {
        let text = lines.map { "\(Self.start($0.look))\($0.text)\u{1b}[0m\u{1b}[K" }.joined(separator: "\r\n")
        return await write("\u{1b}[H\(text)\u{1b}[J")
    }

    /// See ECMA-48 8.3.117; looks, not colours, so that they suit every terminal.
    private static func start(_ look: TopLine.Look) -> String {
        switch look {
        case .plain: ""
        case .strong: "\u{1b}[1m"
        case .head: "\u{1b}[7m"
        case .faint: "\u{1b}[2m"
        }
    }

    @discardableResult
    private func write(_ text: String) async -> Bool { await Terminal.write([UInt8](text.utf8), to: .output) }
}
