import Glibc
import Synchronization
import UnixSignals

/// The user's terminal while another program has it: what is typed goes there as it is, Ctrl-C too.
final class RawTerminal: Sendable {
    private let usual: Mutex<termios?>
    private let signals: UnixSignalsSequence

    private init(usual: termios, _ signals: UnixSignalsSequence) {
        self.usual = Mutex(usual)
        self.signals = signals
    }

    /// Takes it from the user; nothing if standard input is no terminal.
    static func take() async -> RawTerminal? {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        // From here on they do not end us while it is not as it was.
        let terminal = RawTerminal(usual: settings, await UnixSignalsSequence(trapping: .sigterm, .sighup))
        cfmakeraw(&settings)
        return tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 ? terminal : nil
    }

    /// Gives it back when a signal is to end us, which then does.
    func restoreOnSignals() async {
        for await signal in signals {
            restore()
            Glibc.signal(signal.rawValue, SIG_DFL)
            // To the process, since this thread may be one that takes none.
            kill(getpid(), signal.rawValue)
        }
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
