import Allocation
import Cluster
import Testing

@Suite struct AgentsTests {
    @Test func portsAreDivided() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        allocator.addFramework(two, roles: [eng])
        try allocator.addAgents(1, "cpus:4;ports:[31000-31009]")
        let first = try #require(allocator.allocate(at: second(0)).first)
        let task = try resources("cpus:1;ports:[31003-31004]").allocated(to: eng)
        allocator.recover(first.framework, first.agent, first.resources - task, filter: .default, at: second(0))
        let next = try #require(allocator.allocate(at: second(0)).first)
        #expect(next.framework != first.framework)
        #expect(next.resources.unallocated().description == "cpus:3; ports:[31000-31002, 31005-31009]")
        allocator.recover(first.framework, first.agent, task, at: second(0))
        #expect(allocator.available(on: first.agent) == task.unallocated())
    }

    @Test func onlyWhatIsHeldCanBeRecovered() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, "cpus:4;ports:[1-4]")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        let tooMuch = try resources("cpus:9;ports:[3-9];mem:7").allocated(to: eng)
        let recovered = allocator.recover(one, grant.agent, tooMuch, at: second(0))
        #expect(recovered == (try resources("cpus:4;ports:[3-4]").allocated(to: eng)))
        #expect(allocator.recover(one, grant.agent, tooMuch, at: second(0)).isEmpty, "it was taken back already")
        #expect(allocator.recover(two, grant.agent, grant.resources, at: second(0)).isEmpty, "another framework")
        #expect(allocator.recover(one, AgentID("other"), grant.resources, at: second(0)).isEmpty, "another agent")
        #expect(allocator.available(on: grant.agent) == (try resources("cpus:4;ports:[3-4]")))
    }

    @Test func anAgentReturnsWithWhatRunsOnIt() throws {
        var allocator = Allocator()
        let used = try resources("cpus:3").allocated(to: eng)
        allocator.addAgent(AgentID("a"), total: try resources("cpus:4"), allocated: [one: used])
        #expect(allocator.claims(of: one, on: AgentID("a")) == used, "even before the framework is there")
        #expect(allocator.allocate(at: second(0)).isEmpty, "who is not there gets nothing")
        allocator.addFramework(one, roles: [eng])
        #expect(allocator.allocate(at: second(0)).map { $0.resources.scalar("cpus").value } == [1])
        #expect(allocator.share(of: one, in: eng) == 1)
    }

    @Test func aRemovedAgentTakesItsClaimsAlong() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(2, "cpus:4")
        let grants = allocator.allocate(at: second(0))
        allocator.recover(try #require(grants.first), filter: .default, at: second(0))
        allocator.removeAgent(AgentID("a0"))
        allocator.removeAgent(AgentID("a1"))
        #expect(allocator.share(of: one, in: eng) == 0)
        #expect(allocator.claims(of: one, on: AgentID("a1")).isEmpty)
        try allocator.addAgents(1, "cpus:4")
        #expect(allocator.allocate(at: second(0)).count == 1, "the refusal was of the agent that is gone")
    }

    @Test func anInactiveAgentIsNotOffered() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, "cpus:4")
        allocator.deactivateAgent(AgentID("a0"))
        #expect(allocator.allocate(at: second(0)).isEmpty)
        allocator.activateAgent(AgentID("a0"))
        #expect(allocator.allocate(at: second(0)).count == 1)
    }

    @Test func anAgentMayGrowAndShrink() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, "cpus:4")
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.updateAgent(grant.agent, total: try resources("cpus:6"))
        #expect(allocator.allocate(at: second(0)).map { $0.resources.scalar("cpus").value } == [2])
        allocator.updateAgent(grant.agent, total: try resources("cpus:3"))
        allocator.recover(one, grant.agent, grant.resources, at: second(0))
        #expect(allocator.available(on: grant.agent).scalar("cpus").value == 1, "2 of the 3 that are left are in use")
    }
}
