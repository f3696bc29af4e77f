import Allocation
import Cluster
import ClusterTesting
import Testing

@Suite struct RefusalTests {
    @Test(
        arguments: [
            (nil, .seconds(5)), (0, .zero), (-1, .seconds(5)), (.nan, .seconds(5)), (0.5, .milliseconds(500)), (60, .seconds(60)),
            (1e300, .seconds(365 * 86_400)), (.infinity, .seconds(365 * 86_400)),
        ] as [(Double?, Duration)]
    )
    func durations(seconds: Double?, expected: Duration) {
        #expect(RefuseFilter(seconds: seconds).duration == expected)
    }

    private func allocator(_ text: String) throws -> Allocator {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, text)
        return allocator
    }

    @Test func aRefusalLastsUntilItsDeadline() throws {
        var allocator = try allocator("cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(grant, filter: .default, at: second(10))
        #expect(allocator.nextDeadline == second(15))
        #expect(allocator.allocate(at: second(14)).isEmpty)
        #expect(allocator.allocate(at: second(15)).count == 1)
        #expect(allocator.nextDeadline == nil)
    }

    @Test func withoutFilterTheOfferComesAgain() throws {
        var allocator = try allocator("cpus:4")
        for filter in [nil, RefuseFilter(.zero)] {
            let grant = try #require(allocator.allocate(at: second(0)).first)
            allocator.recover(grant, filter: filter, at: second(0))
            #expect(allocator.nextDeadline == nil)
        }
        #expect(allocator.allocate(at: second(0)).count == 1)
    }

    @Test func othersSeeWhatOneRefused() throws {
        var allocator = try allocator("cpus:4")
        allocator.addFramework(two, roles: [eng])
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(grant, filter: .default, at: second(0))
        #expect(allocator.allocate(at: second(0)).map(\.framework) == [grant.framework == one ? two : one])
    }

    @Test func aRefusalIsForOneRole() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng, ops])
        try allocator.addAgents(1, "cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(grant, filter: .default, at: second(0))
        #expect(allocator.allocate(at: second(0)).map(\.role) == [grant.role == eng ? ops : eng])
    }

    @Test func moreThanWasRefusedIsShown() throws {
        var allocator = try allocator("cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        let task = try resources("cpus:1").allocated(to: eng)
        allocator.recover(one, grant.agent, grant.resources - task, filter: .default, at: second(0))
        #expect(allocator.allocate(at: second(1)).isEmpty)
        allocator.recover(one, grant.agent, task, at: second(1))
        #expect(allocator.allocate(at: second(1)).map(\.resources) == [grant.resources])
    }

    @Test func lessThanWasRefusedIsNotShown() throws {
        var allocator = try allocator("cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(grant, filter: .default, at: second(0))
        allocator.updateAgent(grant.agent, total: try resources("cpus:3"))
        #expect(allocator.allocate(at: second(1)).isEmpty)
        #expect(allocator.allocate(at: second(5)).map { $0.resources.scalar("cpus").value } == [3])
    }

    @Test func theLongerRefusalHolds() throws {
        var allocator = try allocator("cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        let half = try resources("cpus:2").allocated(to: eng)
        allocator.recover(one, grant.agent, half, filter: RefuseFilter(.seconds(100)), at: second(0))
        allocator.recover(one, grant.agent, half, filter: RefuseFilter(.seconds(1)), at: second(0))
        #expect(allocator.allocate(at: second(0)).count == 1, "each half was refused, the whole was not")
    }

    @Test func reviveForgetsRefusals() throws {
        var allocator = try allocator("cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(grant, filter: RefuseFilter(.seconds(1000)), at: second(0))
        allocator.revive(one, roles: [ops])
        #expect(allocator.allocate(at: second(0)).isEmpty, "another role was revived")
        allocator.revive(one)
        #expect(allocator.allocate(at: second(0)).count == 1)
    }

    @Test func deadlinesComeInOrder() throws {
        var random = SeededGenerator(seed: 7)
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(200, "cpus:1")
        let lengths = (0..<200).map { _ in Int64.random(in: 1...500, using: &random) }
        for (grant, length) in zip(allocator.allocate(at: second(0)), lengths) {
            allocator.recover(grant, filter: RefuseFilter(.seconds(length)), at: second(0))
        }
        var ends: [Int64] = []
        while let next = allocator.nextDeadline {
            for _ in allocator.allocate(at: next) { ends.append(next.nanoseconds / 1_000_000_000) }
        }
        #expect(ends == lengths.sorted())
    }

    /// A framework that refuses for a year and revives, again and again, must not leave a year of deadlines behind.
    @Test func forgottenRefusalsLeaveNoDeadlines() throws {
        var allocator = try allocator("cpus:4")
        for round in 0..<10_000 as Range<Int64> {
            let grant = try #require(allocator.allocate(at: second(round)).first)
            allocator.recover(grant, filter: RefuseFilter(RefuseFilter.longest), at: second(round))
            allocator.revive(one)
        }
        var wakes = 0
        while let next = allocator.nextDeadline {
            let grants = allocator.allocate(at: next)
            for grant in grants { allocator.removeAgent(grant.agent) }
            wakes += 1
        }
        #expect(wakes < 100)
    }
}
