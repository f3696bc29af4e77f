import Allocation
import Cluster
import Testing

/// Why a framework has no offers.
@Suite struct WaitingTests {
    /// Two small agents and a large one, and a framework that waits.
    private func cluster(_ capabilities: OfferCapabilities = [], terms: OfferTerms = OfferTerms()) throws -> Allocator {
        var allocator = Allocator(options: AllocatorOptions(region: "north"))
        try allocator.addAgents(2, "cpus:2;mem:1000")
        allocator.addAgent(AgentID("big"), total: try resources("cpus:8;mem:8000;ports:[1-9]"), facts: AgentFacts(hostname: "big"))
        allocator.addFramework(one, roles: [eng], capabilities: capabilities, terms: terms)
        return allocator
    }

    private func told(_ allocator: Allocator, _ wanted: String? = nil) throws -> [Hindrance: Int] {
        let reports = allocator.waiting(of: one, for: try wanted.map(resources))
        let report = try #require(reports.first)
        #expect(report.agents == 3)
        return Dictionary(uniqueKeysWithValues: report.counts.map { ($0.hindrance, $0.agents) })
    }

    @Test(
        arguments: [
            ("cpus:1", [:]), ("cpus:4", [.tooSmall(resource: "cpus"): 2]),
            ("cpus:40;mem:2000", [.tooSmall(resource: "cpus"): 3, .tooSmall(resource: "mem"): 2]),
            ("ports:[3-4]", [.tooSmall(resource: "ports"): 2]), ("gold:1", [.tooSmall(resource: "gold"): 3]),
        ] as [(String, [Hindrance: Int])]
    )
    func whatAnAgentLacksIsCounted(_ wanted: String, _ expected: [Hindrance: Int]) throws {
        #expect(try told(try cluster(), wanted) == expected)
    }

    @Test func whatOthersHaveIsNotFree() throws {
        var allocator = try cluster()
        allocator.addFramework(two, roles: [ops])
        allocator.suppress(one)
        #expect(allocator.allocate(at: second(0)).count == 3)
        #expect(try told(allocator, "cpus:4") == [.tooSmall(resource: "cpus"): 2, .notFree(resource: "cpus"): 1])
        #expect(try told(allocator) == [.notFree(resource: "cpus"): 3])
        let report = try #require(allocator.waiting(of: one).first)
        #expect(report.isSuppressed && report.suitable == 0)
    }

    @Test func theMostThatIsThereIsTold() throws {
        var allocator = try cluster()
        allocator.addAgent(AgentID("taken"), total: try resources("cpus:9"), allocated: [two: try resources("cpus:4.5").allocated(to: ops)])
        let report = try #require(allocator.waiting(of: one, for: try resources("cpus:8.5")).first)
        #expect(report.counts.map(\.hindrance) == [.tooSmall(resource: "cpus"), .notFree(resource: "cpus")])
        #expect(report.counts.map(\.most?.description) == ["8", "4.5"])
    }

    @Test func whatTheFrameworkDeclinedComesBackAtAMoment() throws {
        var allocator = try cluster()
        for grant in allocator.allocate(at: second(0)) { allocator.recover(grant, filter: RefuseFilter(seconds: 60), at: second(0)) }
        #expect(try told(allocator) == [.declined: 3])
        #expect(allocator.waiting(of: one).first?.counts.first?.until == second(60))
    }

    @Test func constraintsAgentsAndAbilitiesAreTold() throws {
        let constraints = RoleConstraints(groups: [[OfferConstraint(.hostname, .equals("big"))]])
        #expect(try told(try cluster(terms: OfferTerms(constraints: [eng: constraints]))) == [.constraints: 2])
        var allocator = try cluster()
        allocator.deactivateAgent(AgentID("a0"))
        allocator.addAgent(AgentID("a1"), total: try resources("cpus:2;gpus:1"))
        allocator.addAgent(AgentID("big"), total: try resources("cpus:2"), facts: AgentFacts(region: "south"))
        #expect(try told(allocator) == [.inactive: 1, .gpus: 1, .regions: 1])
    }

    @Test func whatIsReservedForOthersIsNotThere() throws {
        var allocator = Allocator()
        allocator.addAgent(AgentID("a"), total: try resources("cpus(ops):4"))
        allocator.addFramework(one, roles: [eng])
        let report = try #require(allocator.waiting(of: one).first)
        #expect(report.counts.map(\.hindrance) == [.tooSmall(resource: "cpus")] && report.counts[0].most == .zero)
    }

    @Test func nothingIsToldOfAFrameworkThatIsNotThere() throws {
        #expect(try cluster().waiting(of: two).isEmpty)
    }

    @Test func aFrameworksOwnMinimumIsWhatItWants() throws {
        let terms = OfferTerms(minimums: [eng: MinimumAllocatable([try resources("cpus:4"), try resources("mem:9000;cpus:1")])])
        #expect(try told(try cluster(terms: terms)) == [.tooSmall(resource: "cpus"): 2])
    }
}
