import Allocation
import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// What frameworks demand of offers: constraints, filters, regions.
@Suite struct OfferTermsTests {
    typealias Constraint = Mesos_V1_Scheduler_AttributeConstraint

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Mesos_V1_Scheduler_Call.Subscribe) -> Void

        var testDescription: String { words }
    }

    private static func constraint(_ change: @escaping @Sendable (inout Constraint) -> Void)
        -> @Sendable (
            inout Mesos_V1_Scheduler_Call.Subscribe
        ) -> Void
    {
        { subscribe in
            var constraint = Constraint()
            constraint.selector.attributeName = "rack"
            constraint.predicate.exists = .init()
            change(&constraint)
            subscribe.offerConstraints = .one(constraint, role: "eng")
        }
    }

    private static func quantity(_ value: Double) -> @Sendable (inout Mesos_V1_Scheduler_Call.Subscribe) -> Void {
        { subscribe in
            var sum = Mesos_V1_OfferFilters.ResourceQuantities()
            sum.quantities["cpus"] = .with(value)
            subscribe.frameworkInfo.offerFilters["eng"] = .with { $0.minAllocatableResources.quantities = [sum] }
        }
    }

    private static let place = "offer_constraints.role_constraints['eng'].groups"

    @Test(arguments: [
        Bad(words: "\(place): none") { $0.offerConstraints.roleConstraints["eng"] = .init() },
        Bad(words: "\(place)[0].attribute_constraints: none") {
            $0.offerConstraints.roleConstraints["eng"] = .with { $0.groups = [.init()] }
        },
        Bad(words: "role_constraints['not-mine'].groups: none") { $0.offerConstraints.roleConstraints["not-mine"] = .init() },
        Bad(words: "selector: neither attribute_name", change: constraint { $0.selector = .init() }),
        Bad(words: "selector.pseudoattribute_type: unknown", change: constraint { $0.selector.pseudoattributeType = .unknown }),
        Bad(words: "predicate: missing", change: constraint { $0.predicate = .init() }),
        Bad(words: "predicate.text_matches.regex: '('", change: constraint { $0.predicate.textMatches.regex = "(" }),
        Bad(words: "predicate.text_not_matches.regex: 'a{9}'", change: constraint { $0.predicate.textNotMatches.regex = "a{9}" }),
        Bad(words: "offer_constraints: more than 3 conditions") {
            $0.offerConstraints = .hostname("a", role: "eng")
            let groups = $0.offerConstraints.roleConstraints["eng"]?.groups ?? []
            $0.offerConstraints.roleConstraints["eng"]?.groups = [Mesos_V1_Scheduler_OfferConstraints.RoleConstraints.Group](
                repeating: groups[0],
                count: 4
            )
        },
        Bad(words: "offer_filters['eng'].min_allocatable_resources.quantities[0].quantities: none") {
            $0.frameworkInfo.offerFilters["eng"] = .with { $0.minAllocatableResources.quantities = [.init()] }
        },
        Bad(words: "quantities['cpus']: -1.0", change: quantity(-1)),
        Bad(words: "quantities['cpus']: inf", change: quantity(.infinity)),
        Bad(words: "quantities['cpus']: nan", change: quantity(.nan)),
        Bad(words: "quantities['cpus']: 5e-324", change: quantity(.leastNonzeroMagnitude)),
    ])
    func badTermsAreAnErrorOnTheNewStream(_ bad: Bad) throws {
        var master = TestMaster { configuration in
            configuration.limits.offerConstraints = 3
            configuration.limits.regularExpressions.programSize = 12
        }
        let stream = master.subscribe(TestMaster.frameworkInfo(), bad.change)
        guard case .error(let text)? = master.events(of: stream).first else { return #expect(Bool(false), "no ERROR") }
        #expect(text.contains(bad.words), "\(text)")
        #expect(master.closed.contains(stream.id))
        #expect(master.core.state.frameworks.isEmpty)
    }

    struct Demand: Sendable, CustomTestStringConvertible {
        let name: String
        let agents: [Int]
        let fill: @Sendable (inout Constraint) -> Void

        var testDescription: String { name }
    }

    /// Agent 0 stands in rack r1, zone a; agent 1 in rack r2, zone b; agent 2 has a level that is a number, and no domain.
    @Test(arguments: [
        Demand(name: "hostname", agents: [1]) {
            $0.selector.pseudoattributeType = .hostname
            $0.predicate.textEquals.value = "host-1"
        },
        Demand(name: "region", agents: [0, 1]) {
            $0.selector.pseudoattributeType = .region
            $0.predicate.exists = .init()
        },
        Demand(name: "zone", agents: [0, 2]) {
            $0.selector.pseudoattributeType = .zone
            $0.predicate.textNotEquals.value = "b"
        },
        Demand(name: "attribute", agents: [0]) {
            $0.selector.attributeName = "rack"
            $0.predicate.textEquals.value = "r1"
        },
        Demand(name: "expression", agents: [0, 1]) {
            $0.selector.attributeName = "rack"
            $0.predicate.textMatches.regex = "r[12]"
        },
        Demand(name: "no expression", agents: [1, 2]) {
            $0.selector.attributeName = "rack"
            $0.predicate.textNotMatches.regex = ".1"
        },
        Demand(name: "number", agents: [2]) {
            $0.selector.attributeName = "level"
            $0.predicate.textEquals.value = "whatever"
        },
        Demand(name: "absent", agents: [0, 1]) {
            $0.selector.attributeName = "level"
            $0.predicate.notExists = .init()
        },
    ])
    func offersComeFromAgentsThatSuit(_ demand: Demand) throws {
        var master = TestMaster { $0.masterInfo.domain = .place("eu", "a") }
        for (number, attributes) in ["rack:r1", "rack:r2", "level:3"].enumerated() {
            _ = try master.agent { report in
                report.agent.hostname = "host-\(number)"
                if let attributes = try? Mesos_V1_Attribute.parse(attributes) { report.agent.attributes = attributes }
                if number < 2 { report.agent.domain = .place("eu", ["a", "b"][number]) }
            }
        }
        var constraint = Constraint()
        demand.fill(&constraint)
        let scheduler = try master.scheduler { $0.offerConstraints = .one(constraint, role: "eng") }
        #expect(master.offers(to: scheduler).map(\.agent).sorted() == demand.agents.map { AgentID("M-S\($0)") })
    }

    @Test func constraintsOfRolesThatAreNotSubscribedAreIgnored() throws {
        var master = TestMaster()
        _ = try master.agent()
        let scheduler = try master.scheduler { $0.offerConstraints = .hostname("nowhere", role: "not-mine") }
        #expect(master.offers(to: scheduler).count == 1)
    }

    @Test(arguments: [("eng", 0), ("not-mine", 1)])
    func aFrameworksMinimumReplacesTheGeneralOneInItsRole(_ role: String, _ count: Int) throws {
        var master = TestMaster()
        _ = try master.agent("cpus:4;mem:4096")
        let scheduler = try master.scheduler { subscribe in
            var sum = Mesos_V1_OfferFilters.ResourceQuantities()
            sum.quantities["cpus"] = .with(5)
            subscribe.frameworkInfo.offerFilters[role] = .with { $0.minAllocatableResources.quantities = [sum] }
        }
        #expect(master.offers(to: scheduler).count == count)
    }

    @Test func withoutQuantitiesAnythingIsWorthAnOffer() throws {
        var master = TestMaster()
        _ = try master.agent("disk:1")
        let scheduler = try master.scheduler { subscribe in
            subscribe.frameworkInfo.offerFilters["eng"] = .with { $0.minAllocatableResources = .init() }
        }
        #expect(master.offers(to: scheduler).count == 1)
    }
}

extension Mesos_V1_DomainInfo {
    static func place(_ region: String, _ zone: String) -> Self {
        .with { domain in
            domain.faultDomain.region.name = region
            domain.faultDomain.zone.name = zone
        }
    }
}
