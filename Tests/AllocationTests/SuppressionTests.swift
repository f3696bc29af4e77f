import Allocation
import Cluster
import Testing

@Suite struct SuppressionTests {
    @Test func aSuppressedRoleGetsNothingUntilItIsRevived() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng, ops], suppressed: [ops])
        try allocator.addAgents(4, "cpus:4")
        #expect(Set(allocator.allocate(at: second(0)).map(\.role)) == [eng])
        allocator.suppress(one)
        allocator.addAgent(AgentID("late"), total: try resources("cpus:1"))
        #expect(allocator.allocate(at: second(0)).isEmpty)
        allocator.revive(one, roles: [ops])
        #expect(allocator.allocate(at: second(0)).map(\.role) == [ops])
    }

    @Test func aFrameworkThatCannotBeReachedGetsNothingAndKeepsWhatItHas() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, "cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.deactivateFramework(one)
        allocator.recover(one, grant.agent, try resources("cpus:1").allocated(to: eng), at: second(0))
        #expect(allocator.allocate(at: second(0)).isEmpty)
        #expect(allocator.claims(of: one, on: grant.agent) == (try resources("cpus:3").allocated(to: eng)))
        allocator.activateFramework(one)
        #expect(allocator.allocate(at: second(0)).map { $0.resources.scalar("cpus").value } == [1])
    }

    @Test func aFrameworkMayChangeItsRoles() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(2, "cpus:4")
        let grants = allocator.allocate(at: second(0))
        allocator.recover(try #require(grants.first), filter: .default, at: second(0))
        allocator.updateFramework(one, roles: [ops])
        let moved = try #require(allocator.allocate(at: second(0)).first)
        #expect(moved.role == ops)
        #expect(allocator.claims(of: one, on: AgentID("a1")).allocationRoles == [eng], "what it had it keeps")
        allocator.recover(grants[1], at: second(0))
        #expect(allocator.allocate(at: second(0)).map(\.role) == [ops])
    }

    @Test func whatARemovedFrameworkHadIsFree() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(3, "cpus:4")
        #expect(allocator.allocate(at: second(0)).count == 3)
        allocator.removeFramework(one)
        allocator.addFramework(two, roles: [ops])
        #expect(allocator.allocate(at: second(0)).count == 3)
        #expect(allocator.claims(of: one, on: AgentID("a0")).isEmpty)
        allocator.removeFramework(one)
    }
}
