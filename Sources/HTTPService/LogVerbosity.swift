public import Logging
public import MesosAPI
import Synchronization

/// How much a daemon logs: as it was started, or for a while more, by an operator's SET_LOGGING_LEVEL or `/logging/toggle`.
///
/// Mesos counts how talkative a program is: 0 is as it was started, 1 is `debug`, 2 and above `trace`.
public final class LogVerbosity: Sendable {
    private struct Raised {
        let number: UInt32
        let end: ContinuousClock.Instant
    }

    private let usual: Logger.Level
    private let raised = Mutex<Raised?>(nil)
    private let isRaised = Atomic(false)

    /// A daemon that usually logs from `usual` on.
    public init(_ usual: Logger.Level) {
        self.usual = usual
    }

    /// The level that holds at this moment.
    public var level: Logger.Level {
        guard isRaised.load(ordering: .relaxed) else { return usual }
        return switch number {
        case 0: usual
        case 1: min(usual, .debug)
        default: .trace
        }
    }

    /// The same as Mesos counts it.
    public var number: UInt32 {
        raised.withLock { raised in
            guard let now = raised, now.end > .now else {
                raised = nil
                isRaised.store(false, ordering: .relaxed)
                return 0
            }
            return now.number
        }
    }

    /// Logs more for a while; then as before. A later call takes the place of an earlier one.
    ///
    /// - Throws: 400 for a duration that is not above zero.
    public func set(_ number: UInt32, for duration: Duration, field: String) throws(Refusal) {
        guard duration > .zero else { throw Refusal(400, "\(field): must be above 0; it says when the level goes back") }
        let end = ContinuousClock.now + min(duration, Self.longest)
        raised.withLock { $0 = Raised(number: number, end: end) }
        isRaised.store(true, ordering: .relaxed)
    }

    private static let longest: Duration = .seconds(365 * 86_400)

    /// A logger that always asks how much to log.
    public func logger(_ label: String, _ handler: @escaping @Sendable (String) -> any LogHandler) -> Logger {
        Logger(label: label) { VerbosityHandler(wrapped: handler($0), verbosity: self) }
    }
}

/// Hands on what is to be logged at this moment.
private struct VerbosityHandler: LogHandler {
    var wrapped: any LogHandler
    let verbosity: LogVerbosity

    var logLevel: Logger.Level {
        get { verbosity.level }
        set {}
    }

    var metadata: Logger.Metadata {
        get { wrapped.metadata }
        set { wrapped.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { wrapped[metadataKey: key] }
        set { wrapped[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        wrapped.log(event: event)
    }
}
