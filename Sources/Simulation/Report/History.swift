import Cluster

/// What happened, as text: the newest events always, all of them on request.
struct History: Sendable {
    private struct Line: Sendable {
        let time: Duration
        let text: @Sendable () -> String
    }

    /// How many of the newest are kept.
    static let newestCount = 50

    private let keepsAll: Bool
    private var newest: [Line] = []
    private var oldest = 0
    private(set) var all: [String] = []

    init(keepsAll: Bool) {
        self.keepsAll = keepsAll
    }

    mutating func add(_ time: Duration, _ text: @escaping @Sendable () -> String) {
        let line = Line(time: time, text: text)
        if keepsAll { all.append(Self.show(line)) }
        if newest.count < Self.newestCount {
            newest.append(line)
        } else {
            newest[oldest] = line
            oldest = (oldest + 1) % Self.newestCount
        }
    }

    /// The newest events, oldest first.
    var last: [String] { (newest[oldest...] + newest[..<oldest]).map(Self.show) }

    /// "00:12:03.000456 master starts": hours, minutes, seconds and microseconds since the beginning.
    private static func show(_ line: Line) -> String {
        let microseconds = line.time.clampedNanoseconds / 1000
        let seconds = microseconds / 1_000_000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { pad($0, 2) }.joined(separator: ":")
        return "\(clock).\(pad(microseconds % 1_000_000, 6)) \(line.text())"
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
