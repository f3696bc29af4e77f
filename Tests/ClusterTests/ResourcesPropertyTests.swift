import Cluster
import ClusterTesting
import Testing

/// Laws that hold for all resources, tried on random ones. The argument is the seed: run it alone to see a failure again.
@Suite struct ResourcesPropertyTests {
    @Test(arguments: 0..<500 as Range<UInt64>)
    func laws(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (a, b, c) = (random.resources(share: 1), random.resources(share: 2), random.resources(share: 3))
        #expect(a + b == b + a)
        #expect((a + b) + c == a + (b + c))
        #expect(a + b - b == a)
        #expect((a + b).contains(a))
        #expect((a + b).contains(b))
        #expect((a - a).isEmpty)
        #expect(a + .empty == a)
        #expect(a - .empty == a)
        #expect(Resources(a.items) == a)
        #expect(Resources(a.items.shuffled(using: &random)) == a)
        #expect(a.contains(a))
        #expect(a.contains(a - b))
        #expect((a - b).items.allSatisfy { !$0.value.isEmpty })
        #expect(
            a.contains(b)
                == (try? {
                    var rest = a; try rest.subtract(b); return rest
                }()).map { $0 + b == a } ?? false
        )
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func filtersDivideWithoutLoss(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let a = random.resources(share: 1)
        #expect(a.reserved + a.unreserved == a)
        #expect(a.revocable + a.nonRevocable == a)
        #expect(a.shared + a.nonShared == a)
        #expect(a.names.map { a.named($0) }.reduce(.empty, +) == a)
        #expect(a.allocated(to: RoleName("eng")).unallocated() == a.unallocated())
        #expect(a.unallocated().scalar("cpus") == a.scalar("cpus"))
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func sameMeaningThroughText(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let all = random.resources(share: 1)
        let a = all.filter { $0.metadata.isNone || "\($0.metadata)" == "(eng)" && $0.metadata.providerID == nil }
        #expect(try a.isEmpty ? a == .empty : Resources.parse(a.description) == a)
    }
}
