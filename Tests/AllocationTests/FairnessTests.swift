import Allocation
import Cluster
import Testing

@Suite struct FairnessTests {
    /// How many of 12 equal agents each framework gets.
    @Test(arguments: [
        ([1.0], [12]), ([1, 1], [6, 6]), ([1, 2], [4, 8]), ([1, 1, 2], [3, 3, 6]), ([1, 1, 1, 1], [3, 3, 3, 3]), ([0.5, 1], [4, 8]),
    ])
    func agentsAreDividedByWeight(weights: [Double], expected: [Int]) throws {
        let roles = weights.indices.map { RoleName("role-\($0)") }
        var allocator = Allocator(options: AllocatorOptions(weights: Dictionary(uniqueKeysWithValues: zip(roles, weights))))
        for (index, role) in roles.enumerated() { allocator.addFramework(FrameworkID("f\(index)"), roles: [role]) }
        try allocator.addAgents(12, "cpus:4;mem:1024")
        let grants = allocator.allocate(at: second(0))
        #expect(roles.map { role in grants.count { $0.role == role } } == expected)
        #expect(grants.allSatisfy { $0.resources.description == "cpus(allocated: \($0.role)):4; mem(allocated: \($0.role)):1024" })
    }

    /// The example of the paper: 9 processors and 18 GB; tasks of 1 processor and 4 GB against 3 and 1 GB end 3 to 2.
    @Test func dominantResourcesAreEqualised() throws {
        var allocator = Allocator()
        let demands = [one: try resources("cpus:1;mem:4"), two: try resources("cpus:3;mem:1")]
        for framework in [one, two] { allocator.addFramework(framework, roles: [eng]) }
        allocator.addAgent(AgentID("a"), total: try resources("cpus:9;mem:18"))
        var tasks: [FrameworkID: Int] = [:]
        while let grant = allocator.allocate(at: second(0)).first {
            let demand = try #require(demands[grant.framework]).allocated(to: eng)
            let fits = grant.resources.contains(demand)
            if fits { tasks[grant.framework, default: 0] += 1 }
            let rest = fits ? grant.resources - demand : grant.resources
            allocator.recover(grant.framework, grant.agent, rest, filter: fits ? nil : .default, at: second(0))
        }
        #expect(tasks == [one: 3, two: 2])
        #expect(allocator.share(of: one, in: eng) == 12.0 / 18)
        #expect(allocator.share(of: two, in: eng) == 6.0 / 9)
    }

    @Test func whoHasLittleGetsTheNext() throws {
        var allocator = Allocator()
        allocator.addAgent(AgentID("busy"), total: try resources("cpus:4"), allocated: [one: try resources("cpus:4").allocated(to: eng)])
        allocator.addFramework(one, roles: [eng])
        allocator.addFramework(two, roles: [eng])
        allocator.addAgent(AgentID("free"), total: try resources("cpus:4"))
        #expect(allocator.allocate(at: second(0)).map(\.framework) == [two])
    }

    @Test func equalsTakeTurns() throws {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [eng])
        allocator.addFramework(two, roles: [eng])
        try allocator.addAgents(1, "cpus:4")
        var turns: [FrameworkID] = []
        for _ in 0..<4 {
            let grant = try #require(allocator.allocate(at: second(0)).first)
            turns.append(grant.framework)
            allocator.recover(grant, at: second(0))
        }
        #expect(turns == [one, two, one, two])
    }

    @Test func excludedResourcesDoNotCount() throws {
        var allocator = Allocator(options: AllocatorOptions(excludedFromShares: ["mem"]))
        let used = [one: try resources("mem:100").allocated(to: eng)]
        allocator.addAgent(AgentID("a"), total: try resources("cpus:1;mem:100"), allocated: used)
        #expect(allocator.share(of: one, in: eng) == 0)
    }
}
