import Glibc
import Synchronization

/// The user's terminal while another program has it: what is typed goes there as it is, Ctrl-C too.
final class RawTerminal: Sendable {
    private let usual: Mutex<termios?>

    private init(usual: termios) {
        self.usual = Mutex(usual)
    }

    /// Takes it from the user; nothing if standard input is no terminal.
    static func take() -> RawTerminal? {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let terminal = RawTerminal(usual: settings)
        cfmakeraw(&settings)
        return tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 ? terminal : nil
    }

    /// Makes it what it was before.
    func restore() {
        usual.withLock { usual in
            guard var settings = usual else { return }
            usual = nil
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        }
    }

    deinit {
        restore()
    }

    /// How large the terminal is: columns and rows; nothing without one.
    static var size: (columns: UInt32, rows: UInt32)? {
        var size = winsize()
        for stream in [STDIN_FILENO, STDOUT_FILENO] where ioctl(stream, UInt(TIOCGWINSZ), &size) == 0 {
            return (UInt32(size.ws_col), UInt32(size.ws_row))
        }
        return nil
    }
}
