import Allocation
import Cluster
import Testing

/// Which agents a framework's constraints let through.
@Suite struct ConstraintTests {
    private static let machine = AgentFacts(
        hostname: "node-7.example",
        region: "eu",
        zone: "eu-1",
        attributes: [
            .init(name: "rack", text: "r12"), .init(name: "rack", text: "second"), .init(name: "level", text: nil),
        ]
    )

    struct Case: Sendable, CustomTestStringConvertible {
        let subject: OfferConstraint.Subject
        let predicate: OfferConstraint.Predicate
        let holds: Bool

        init(_ subject: OfferConstraint.Subject, _ predicate: OfferConstraint.Predicate, _ holds: Bool) {
            self.subject = subject
            self.predicate = predicate
            self.holds = holds
        }

        var testDescription: String { "\(subject) \(predicate)" }
    }

    private static func expression(_ pattern: String) -> RegularExpression {
        guard let expression = try? RegularExpression(pattern) else { preconditionFailure("'\(pattern)' is one of the tests' own") }
        return expression
    }

    static let cases: [Case] = [
        Case(.attribute("rack"), .exists, true),
        Case(.attribute("level"), .exists, true),
        Case(.attribute("none"), .exists, false),
        Case(.attribute("rack"), .notExists, false),
        Case(.attribute("level"), .notExists, false),
        Case(.attribute("none"), .notExists, true),
        Case(.attribute("rack"), .equals("r12"), true),
        Case(.attribute("rack"), .equals("second"), false),
        Case(.attribute("rack"), .notEquals("r12"), false),
        Case(.attribute("rack"), .notEquals("second"), true),
        Case(.attribute("none"), .equals("r12"), false),
        Case(.attribute("none"), .notEquals("r12"), true),
        Case(.attribute("level"), .equals("3"), true),
        Case(.attribute("level"), .notEquals("3"), true),
        Case(.attribute("rack"), .matches(expression("r[0-9]+")), true),
        Case(.attribute("rack"), .matches(expression("r[0-9]")), false),
        Case(.attribute("rack"), .notMatches(expression("r[0-9]+")), false),
        Case(.attribute("none"), .matches(expression(".*")), false),
        Case(.attribute("none"), .notMatches(expression(".*")), true),
        Case(.attribute("level"), .matches(expression("x")), true),
        Case(.attribute("level"), .notMatches(expression(".*")), true),
        Case(.hostname, .exists, true),
        Case(.hostname, .equals("node-7.example"), true),
        Case(.hostname, .matches(expression(#"node-\d\.example"#)), true),
        Case(.region, .equals("eu"), true),
        Case(.region, .notEquals("eu"), false),
        Case(.zone, .matches(expression("eu-[12]")), true),
        Case(.zone, .notExists, false),
    ]

    @Test(arguments: cases)
    func aConditionHoldsOrNot(_ example: Case) throws {
        let constraint = OfferConstraint(example.subject, example.predicate)
        #expect(RoleConstraints(groups: [[constraint]]).admits(Self.machine) == example.holds)
    }

    @Test(arguments: [OfferConstraint.Subject.region, .zone])
    func aMachineWithoutDomainHasNeitherRegionNorZone(_ subject: OfferConstraint.Subject) {
        #expect(RoleConstraints(groups: [[OfferConstraint(subject, .notExists)]]).admits(AgentFacts(hostname: "a")))
        #expect(!RoleConstraints(groups: [[OfferConstraint(subject, .equals(""))]]).admits(AgentFacts(hostname: "a")))
    }

    @Test func oneGroupMustHoldInAllItsConditions() {
        let yes = OfferConstraint(.hostname, .exists)
        let no = OfferConstraint(.hostname, .notExists)
        for (groups, isAdmitted) in [([[yes, yes]], true), ([[yes, no]], false), ([[no], [yes]], true), ([[no], [no, yes]], false)] {
            #expect(RoleConstraints(groups: groups).admits(Self.machine) == isAdmitted)
        }
    }

    @Test(arguments: ["(", "[a", "a{1000}", String(repeating: "(a|b)", count: 100), "(?=x)"])
    func badOrCostlyExpressionsAreRefused(_ pattern: String) throws {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test func limitsCanBeRaised() throws {
        let pattern = String(repeating: "(a|b)", count: 100)
        let expression = try RegularExpression(pattern, limits: RegularExpressionLimits(memory: 1_000_000, programSize: 10_000))
        #expect(expression.matches(String(repeating: "ab", count: 50)))
        #expect(!expression.matches("ab\0"))
    }

    private static func rack(_ value: String) -> OfferTerms {
        OfferTerms(constraints: [eng: RoleConstraints(groups: [[OfferConstraint(.attribute("rack"), .equals(value))]])])
    }

    private static func racks() throws -> Allocator {
        var allocator = Allocator()
        for rack in ["r1", "r2"] {
            let facts = AgentFacts(hostname: rack, attributes: [.init(name: "rack", text: rack)])
            allocator.addAgent(AgentID(rack), total: try resources("cpus:4"), facts: facts)
        }
        return allocator
    }

    @Test func onlyAgentsThatSuitAreOffered() throws {
        var allocator = try Self.racks()
        allocator.addFramework(one, roles: [eng, ops], suppressed: [ops], terms: Self.rack("r1"))
        #expect(allocator.allocate(at: second(0)).map(\.agent) == [AgentID("r1")])
        let late = AgentFacts(attributes: [.init(name: "rack", text: "r1")])
        allocator.addAgent(AgentID("late"), total: try resources("cpus:1"), facts: late)
        allocator.addAgent(AgentID("other"), total: try resources("cpus:1"))
        #expect(allocator.allocate(at: second(0)).map(\.agent) == [AgentID("late")])
        allocator.revive(one, roles: [ops])
        #expect(Set(allocator.allocate(at: second(0)).map(\.agent)) == [AgentID("r2"), AgentID("other")], "the other role has none")
    }

    @Test func newConstraintsHoldFromThenOn() throws {
        var allocator = try Self.racks()
        allocator.addFramework(one, roles: [eng], terms: Self.rack("none"))
        #expect(allocator.allocate(at: second(0)).isEmpty)
        allocator.updateFramework(one, roles: [eng], terms: Self.rack("r2"))
        let grant = try #require(allocator.allocate(at: second(0)).first)
        #expect(grant.agent == AgentID("r2"))
        allocator.updateFramework(one, roles: [eng], terms: Self.rack("r1"))
        allocator.recover(grant, at: second(0))
        #expect(allocator.allocate(at: second(0)).map(\.agent) == [AgentID("r1")])
        allocator.updateFramework(one, roles: [eng])
        #expect(allocator.allocate(at: second(0)).map(\.agent) == [AgentID("r2")])
    }

    @Test func constraintsGoWithTheirFramework() throws {
        var allocator = try Self.racks()
        allocator.addFramework(one, roles: [eng], terms: Self.rack("none"))
        allocator.removeFramework(one)
        allocator.addFramework(two, roles: [ops])
        #expect(allocator.allocate(at: second(0)).count == 2, "the next client is judged by its own constraints")
    }

    @Test func whatOneDoesNotTakeGoesToTheNext() throws {
        var allocator = try Self.racks()
        allocator.addFramework(one, roles: [eng], terms: Self.rack("none"))
        allocator.addFramework(two, roles: [ops])
        #expect(allocator.allocate(at: second(0)).map(\.framework) == [two, two])
    }

    @Test(
        arguments: [(nil, [], 3), ("eu", [], 2), ("eu", OfferCapabilities.regions, 3), ("us", [], 2)] as [(String?, OfferCapabilities, Int)]
    )
    func otherRegionsNeedACapability(_ region: String?, _ capabilities: OfferCapabilities, _ count: Int) throws {
        var allocator = Allocator(options: AllocatorOptions(region: region))
        allocator.addFramework(one, roles: [eng], capabilities: capabilities)
        for (name, region) in [("eu", "eu"), ("us", "us"), ("unknown", nil)] as [(String, String?)] {
            allocator.addAgent(AgentID(name), total: try resources("cpus:1"), facts: AgentFacts(region: region))
        }
        let agents = Set(allocator.allocate(at: second(0)).map(\.agent))
        #expect(agents.count == count)
        #expect(agents.contains(AgentID("unknown")))
    }
}
