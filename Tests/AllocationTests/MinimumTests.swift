import Allocation
import Cluster
import Testing

/// The least that is worth an offer, for each framework and role.
@Suite struct MinimumTests {
    private static func terms(_ texts: [String], role: RoleName = eng) throws -> OfferTerms {
        OfferTerms(minimums: [role: MinimumAllocatable(try texts.map(resources))])
    }

    @Test(arguments: [
        (["cpus:4"], "cpus:3", false), (["cpus:4"], "cpus:4", true), (["cpus:4;mem:100"], "cpus:4;mem:99", false),
        (["cpus:4", "mem:100"], "cpus:1;mem:100", true), ([], "disk:1", true), (["gold:1"], "cpus:4", false),
        (["cpus:0.001"], "cpus:0.001", true),
    ])
    func aFrameworksOwnMinimumHoldsInsteadOfTheGeneralOne(_ minimum: [String], _ total: String, _ isOffered: Bool) throws {
        var allocator = Allocator()
        let terms = OfferTerms(minimums: [eng: MinimumAllocatable(try minimum.map { try resources($0) })])
        allocator.addFramework(one, roles: [eng], terms: terms)
        try allocator.addAgents(1, total)
        #expect(allocator.allocate(at: second(0)).count == (isOffered ? 1 : 0))
    }

    @Test func itHoldsForItsRoleOnly() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng, ops], terms: try Self.terms(["cpus:100"]))
        try allocator.addAgents(1, "cpus:4")
        #expect(allocator.allocate(at: second(0)).map(\.role) == [ops])
    }

    @Test func whatIsTooLittleForOneGoesToTheNext() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng], terms: try Self.terms(["cpus:100"]))
        allocator.addFramework(two, roles: [eng])
        try allocator.addAgents(1, "cpus:4")
        #expect(allocator.allocate(at: second(0)).map(\.framework) == [two])
    }

    @Test func aLoweredMinimumIsUsedAtOnce() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, "disk:4")
        #expect(allocator.allocate(at: second(0)).isEmpty)
        allocator.updateFramework(one, roles: [eng], terms: try Self.terms([]))
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(grant, at: second(0))
        allocator.updateFramework(one, roles: [eng])
        #expect(allocator.allocate(at: second(0)).isEmpty)
    }
}
