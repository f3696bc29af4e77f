/// How long a framework does not want to see again what it refused.
///
/// The rules are those of Mesos (`Filters.refuse_seconds`).
public struct RefuseFilter: Hashable, Sendable {
    /// For a framework that does not say.
    public static let `default` = RefuseFilter(.seconds(5))
    /// Nobody refuses for longer.
    public static let longest: Duration = .seconds(365 * 24 * 60 * 60)
    /// How many refusals are remembered of one role of a framework on one agent; then the one that ends first is forgotten.
    static let maximumCount = 8

    /// How long; zero is no filter.
    public let duration: Duration

    /// A filter for `duration`, at least nothing and at most ``longest``.
    public init(_ duration: Duration) {
        self.duration = min(max(duration, .zero), Self.longest)
    }

    /// The filter of a call: none given, a negative number and what is no number mean ``default``.
    public init(seconds: Double?) {
        guard let seconds, seconds >= 0 else {
            self = .default
            return
        }
        let longest = Double(Self.longest.components.seconds)
        self.init(.seconds(min(seconds, longest)))
    }
}
