/// How long events took to those who watch, in steps of a millisecond.
struct Delays {
    /// How many were told.
    let records: Int
    /// Bytes that all of them got together.
    var bytes = 0
    /// How many the master did not wait for.
    var cutOff = 0
    private var counts = [Int](repeating: 0, count: Self.longest + 1)
    private var total = 0

    /// What took longer, or never came, counts as this many milliseconds.
    private static let longest = 60_000

    init(records: Int) {
        self.records = records
    }

    /// Adds what one watcher got.
    mutating func add(_ marks: [Watcher.Mark], _ records: [Watcher.Record]) {
        var next = 0
        for mark in marks {
            while next < records.count, records[next].end <= mark.count {
                count(Int(max(0, Double(mark.moment) - records[next].sent)))
                next += 1
            }
        }
        for _ in next..<max(next, records.count) { count(Self.longest) }
    }

    private mutating func count(_ milliseconds: Int) {
        counts[min(milliseconds, Self.longest)] += 1
        total += 1
    }

    /// The delay in seconds that a part of all do not exceed.
    func part(_ part: Double) -> Double {
        var rest = Int(Double(total) * part)
        for (milliseconds, count) in counts.enumerated() {
            rest -= count
            if rest < 0 { return Double(milliseconds) / 1000 }
        }
        return 0
    }
}
