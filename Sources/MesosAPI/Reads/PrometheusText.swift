/// Writes figures in the text format of Prometheus, version 0.0.4: families with HELP and TYPE, and samples with labels.
public struct PrometheusText: Sendable {
    /// Of which kind a figure is.
    public enum Kind: String, Sendable {
        /// It goes up and down.
        case gauge
        /// It only grows; its name ends in `_total`.
        case counter
        /// It counts what it measures by size.
        case histogram
    }

    /// One number of a family.
    public struct Sample: Sendable {
        let labels: [(String, String)]
        let value: Double

        /// A number with the labels that tell it from others of its family.
        public init(_ value: Double, _ labels: (String, String)...) {
            self.value = value
            self.labels = labels
        }

        /// The same for a count.
        public init(_ value: Int, _ labels: (String, String)...) {
            self.value = Double(value)
            self.labels = labels
        }
    }

    /// The media type of the format.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// What was written so far.
    public private(set) var text = ""

    /// Nothing yet.
    public init() {}

    /// A family; one without samples is left out.
    public mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        head(name, kind, help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    /// A family of one number without labels.
    public mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help, [Sample(value)])
    }

    /// A histogram.
    public mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        head(name, .histogram, help)
        for (bound, count) in histogram.cumulative { line("\(name)_bucket", [("le", Self.number(bound))], Double(count)) }
        line("\(name)_bucket", [("le", "+Inf")], Double(histogram.count))
        line("\(name)_sum", [], histogram.sum)
        line("\(name)_count", [], Double(histogram.count))
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty { text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}" }
        text += " \(Self.number(value))\n"
    }

    /// Whole numbers without a fraction, as people write them.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? (value.isFinite ? value.description : "NaN")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// Counts durations by their size.
public struct Histogram: Sendable {
    /// In seconds: from a tenth of a millisecond to ten seconds.
    private static let bounds: [Double] = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// How many were counted.
    public private(set) var count = 0

    /// What they come to together, in seconds.
    public private(set) var sum = 0.0
    private var buckets = [Int](repeating: 0, count: Histogram.bounds.count)

    /// The newest ones, in seconds, for percentiles; a ring.
    private var newest: [Double] = []

    private static let newestCount = 1024

    /// Nothing counted yet.
    public init() {}

    /// Counts one.
    public mutating func add(_ duration: Duration) {
        let seconds = max(0, Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
        if newest.count < Self.newestCount { newest.append(seconds) } else { newest[count % Self.newestCount] = seconds }
        count += 1
        sum += seconds
        if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { buckets[index] += 1 }
    }

    /// How many took at most so many seconds.
    public var cumulative: [(bound: Double, count: Int)] {
        var total = 0
        return zip(Self.bounds, buckets).map { bound, count in
            total += count
            return (bound, total)
        }
    }

    /// The latest one, in seconds, and of the newest the smallest, the largest and percentiles: under the endings of Mesos's timers.
    public var timer: [(ending: String, seconds: Double)] {
        guard count > 0 else { return [] }
        let sorted = newest.sorted()
        func percentile(_ part: Double) -> Double { sorted[min(sorted.count - 1, Int((part * Double(sorted.count - 1)).rounded()))] }
        let last = newest[(count - 1) % Self.newestCount]
        return [
            ("", last), ("/min", sorted[0]), ("/max", sorted[sorted.count - 1]), ("/p50", percentile(0.5)), ("/p90", percentile(0.9)),
            ("/p95", percentile(0.95)), ("/p99", percentile(0.99)), ("/p999", percentile(0.999)), ("/p9999", percentile(0.9999)),
        ]
    }
}
