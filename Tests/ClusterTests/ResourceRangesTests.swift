import Cluster
import ClusterTesting
import Testing

@Suite struct ResourceRangesTests {
    @Test(
        arguments: [
            ([], "[]"), ([3...4, 1...2], "[1-4]"), ([1...2, 4...5], "[1-2, 4-5]"), ([1...9, 2...3, 5...12], "[1-12]"),
            ([0...(.max), 7...7], "[0-18446744073709551615]"),
            ([UInt64.max...(.max), 0...0], "[0-0, 18446744073709551615-18446744073709551615]"),
        ] as [([ClosedRange<UInt64>], String)]
    )
    func rangesAreSortedAndMerged(given: [ClosedRange<UInt64>], text: String) {
        #expect(ResourceRanges(given).description == text)
    }

    @Test(
        arguments: [
            ([1...10], [3...4], "[1-2, 5-10]"), ([1...10], [1...10], "[]"), ([1...10], [0...3, 9...20], "[4-8]"),
            ([1...10], [11...12], "[1-10]"),
            ([1...3, 5...7, 9...11], [2...10], "[1-1, 11-11]"), ([0...(.max)], [1...(.max)], "[0-0]"),
            ([0...(.max)], [0...0], "[1-18446744073709551615]"),
        ] as [([ClosedRange<UInt64>], [ClosedRange<UInt64>], String)]
    )
    func subtraction(from: [ClosedRange<UInt64>], taken: [ClosedRange<UInt64>], text: String) {
        #expect((ResourceRanges(from) - ResourceRanges(taken)).description == text)
    }

    @Test func counting() {
        #expect(ResourceRanges([31000...32000, 1...1]).count == 1002)
        #expect(ResourceRanges([0...(.max)]).count == .max)
        #expect(ResourceRanges().count == 0)
        #expect(ResourceRanges([1...2]).contains(2))
        #expect(!ResourceRanges([1...2]).contains(3))
    }

    /// Compares with sets of plain numbers, which cannot be wrong.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func behavesLikeASetOfNumbers(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (left, right) = (random.ranges(share: 0), random.ranges(share: 0))
        let (leftNumbers, rightNumbers) = (numbers(left), numbers(right))
        #expect(numbers(left + right) == leftNumbers.union(rightNumbers))
        #expect(numbers(left - right) == leftNumbers.subtracting(rightNumbers))
        #expect(left.contains(right) == leftNumbers.isSuperset(of: rightNumbers))
        #expect(left + right == right + left)
        #expect((left + right).contains(right))
        #expect((left + right).count == UInt64(leftNumbers.union(rightNumbers).count))
    }

    private func numbers(_ ranges: ResourceRanges) -> Set<UInt64> { Set(ranges.ranges.joined()) }
}
