/// Numbers that are handed out one by one, such as ports: inclusive ranges, sorted, none touching the next.
public struct ResourceRanges: Hashable, Sendable {
    /// How many ranges are taken from outside in one resource: every second port of a machine.
    public static let maximumCount = 32_768

    /// The ranges in rising order, with at least one missing number between any two.
    public private(set) var ranges: [ClosedRange<UInt64>]

    /// The numbers in any of these ranges, given in any order.
    public init(_ ranges: some Sequence<ClosedRange<UInt64>> = []) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    private init(sorted: [ClosedRange<UInt64>]) {
        ranges = sorted
    }

    /// Whether there is no number.
    public var isEmpty: Bool { ranges.isEmpty }

    /// How many numbers there are; the largest 64-bit number when there are more.
    public var count: UInt64 {
        ranges.reduce(0) { sum, range in
            let size = (range.upperBound - range.lowerBound).addingReportingOverflow(1)
            let total = sum.addingReportingOverflow(size.partialValue)
            return size.overflow || total.overflow ? .max : total.partialValue
        }
    }

    /// Whether `number` is there.
    public func contains(_ number: UInt64) -> Bool {
        contains(ResourceRanges(sorted: [number...number]))
    }

    /// Whether every number of `other` is there.
    public func contains(_ other: ResourceRanges) -> Bool {
        var index = 0
        for range in other.ranges {
            while index < ranges.count, ranges[index].upperBound < range.lowerBound { index += 1 }
            guard index < ranges.count, ranges[index].lowerBound <= range.lowerBound, ranges[index].upperBound >= range.upperBound
            else { return false }
        }
        return true
    }

    /// The numbers of both.
    public static func + (left: ResourceRanges, right: ResourceRanges) -> ResourceRanges {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        return merged(left.ranges, right.ranges)
    }

    /// The numbers of `left` that are not in `right`.
    public static func - (left: ResourceRanges, right: ResourceRanges) -> ResourceRanges {
        var rest: [ClosedRange<UInt64>] = []
        var index = 0
        for range in left.ranges {
            while index < right.ranges.count, right.ranges[index].upperBound < range.lowerBound { index += 1 }
            cut(range, by: right.ranges, from: index, into: &rest)
        }
        return ResourceRanges(sorted: rest)
    }

    /// Adds what is left of `range` without those `cuts` at and after `index` that touch it.
    private static func cut(
        _ range: ClosedRange<UInt64>,
        by cuts: [ClosedRange<UInt64>],
        from index: Int,
        into rest: inout [ClosedRange<UInt64>]
    ) {
        var lower = range.lowerBound
        var index = index
        while index < cuts.count, cuts[index].lowerBound <= range.upperBound {
            let cut = cuts[index]
            if cut.lowerBound > lower { rest.append(lower...(cut.lowerBound - 1)) }
            guard cut.upperBound < range.upperBound else { return }
            lower = max(lower, cut.upperBound + 1)
            index += 1
        }
        rest.append(lower...range.upperBound)
    }

    private static func merged(_ left: [ClosedRange<UInt64>], _ right: [ClosedRange<UInt64>]) -> ResourceRanges {
        var sum = ResourceRanges()
        sum.ranges.reserveCapacity(left.count + right.count)
        var (next, other) = (0, 0)
        while next < left.count || other < right.count {
            if other == right.count || next < left.count && left[next].lowerBound <= right[other].lowerBound {
                sum.append(left[next])
                next += 1
            } else {
                sum.append(right[other])
                other += 1
            }
        }
        return sum
    }

    /// Adds a range that begins at or after the beginning of the last one.
    private mutating func append(_ range: ClosedRange<UInt64>) {
        guard let last = ranges.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 else {
            ranges.append(range)
            return
        }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
}

extension ResourceRanges: CustomStringConvertible {
    /// As Mesos writes them: `[31000-32000, 33000-33000]`.
    public var description: String {
        "[" + ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ") + "]"
    }
}
