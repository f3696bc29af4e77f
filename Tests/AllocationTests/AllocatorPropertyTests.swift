import Allocation
import Cluster
import ClusterTesting
import Testing

/// Random operations on an allocator beside a model that is too simple to be wrong. The argument is the seed.
@Suite struct AllocatorPropertyTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func nothingIsGrantedTwiceOrForgotten(seed: UInt64) throws {
        var run = RandomRun(seed: seed)
        for _ in 0..<150 { try run.step() }
    }
}

private struct RandomRun {
    struct Holding {
        let framework: FrameworkID
        let role: RoleName
        let agent: AgentID
        var resources: Resources
    }

    struct Refused {
        let framework: FrameworkID
        let role: RoleName
        let agent: AgentID
        let resources: Resources
        let deadline: Timestamp
    }

    struct Member {
        var roles: [RoleName]
        var suppressed: Set<RoleName> = []
        var isActive = true
        /// The agent that it does not want to see.
        var unwanted: AgentID?
        /// The least processors that it takes, instead of what holds for all.
        var minimum: Scalar?

        var terms: OfferTerms {
            var terms = OfferTerms()
            for role in roles {
                let constraint = unwanted.map { OfferConstraint(.hostname, .notEquals($0.value)) }
                terms.constraints[role] = constraint.map { RoleConstraints(groups: [[$0]]) }
                terms.minimums[role] = minimum.map { MinimumAllocatable([[Resource("cpus", .scalar($0))]]) }
            }
            return terms
        }

        func isEnough(_ resources: Resources) -> Bool {
            if let minimum { return resources.scalar("cpus") >= minimum }
            return resources.scalar("cpus").thousandths >= 10 || resources.scalar("mem").thousandths >= 32_000
        }
    }

    var random: SeededGenerator
    var allocator = Allocator()
    var now = second(0)
    var agents: [AgentID: Resources] = [:]
    var inactiveAgents: Set<AgentID> = []
    var frameworks: [FrameworkID: Member] = [:]
    var holdings: [Holding] = []
    var refused: [Refused] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func step() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...2: try addAgent()
        case 3: removeAgent()
        case 4: toggleAgent()
        case 5, 6: addFramework()
        case 7: removeFramework()
        case 8: toggleFramework()
        case 9: suppress()
        case 10: revive()
        case 11...18: giveBack()
        default: now = now + .seconds(Int.random(in: 0...20, using: &random))
        }
        allocate()
        check()
    }

    private mutating func anyAgent() -> AgentID { AgentID("a\(Int.random(in: 0..<6, using: &random))") }
    private mutating func anyFramework() -> FrameworkID { FrameworkID("f\(Int.random(in: 0..<4, using: &random))") }

    private mutating func someRoles() -> [RoleName] {
        [RoleName("eng"), RoleName("eng/web"), RoleName("ops")].filter { _ in Bool.random(using: &random) }
    }

    private mutating func addAgent() throws {
        let agent = anyAgent()
        let text = ["cpus:4;mem:512;ports:[1-100]", "cpus:1;cpus(eng):2;ports:[7-9]", "cpus(ops):1;mem:64", "disk:5"]
        let total = try resources(text[Int.random(in: 0..<text.count, using: &random)])
        holdings.removeAll { $0.agent == agent }
        refused.removeAll { $0.agent == agent }
        inactiveAgents.remove(agent)
        agents[agent] = total
        allocator.addAgent(agent, total: total, facts: AgentFacts(hostname: agent.value))
    }

    private mutating func removeAgent() {
        let agent = anyAgent()
        agents[agent] = nil
        holdings.removeAll { $0.agent == agent }
        refused.removeAll { $0.agent == agent }
        inactiveAgents.remove(agent)
        allocator.removeAgent(agent)
    }

    private mutating func toggleAgent() {
        let agent = anyAgent()
        guard agents[agent] != nil else { return }
        if inactiveAgents.remove(agent) != nil {
            allocator.activateAgent(agent)
        } else {
            inactiveAgents.insert(agent)
            allocator.deactivateAgent(agent)
        }
    }

    private mutating func addFramework() {
        let (framework, roles) = (anyFramework(), someRoles())
        let suppressed = Set(someRoles()).intersection(roles)
        let before = frameworks[framework]
        refused.removeAll { refusal in
            refusal.framework == framework
                && (!roles.contains(refusal.role)
                    || before?.suppressed.contains(refusal.role) == true && !suppressed.contains(refusal.role))
        }
        var member = Member(roles: roles, suppressed: suppressed)
        member.unwanted = Bool.random(using: &random) ? anyAgent() : nil
        member.minimum = [nil, Scalar(thousandths: 1), Scalar(thousandths: 2000)][Int.random(in: 0..<3, using: &random)]
        frameworks[framework] = member
        allocator.addFramework(framework, roles: roles, suppressed: suppressed, terms: member.terms)
    }

    private mutating func removeFramework() {
        let framework = anyFramework()
        frameworks[framework] = nil
        holdings.removeAll { $0.framework == framework }
        refused.removeAll { $0.framework == framework }
        allocator.removeFramework(framework)
    }

    private mutating func toggleFramework() {
        let framework = anyFramework()
        guard let isActive = frameworks[framework]?.isActive else { return }
        frameworks[framework]?.isActive = !isActive
        if isActive {
            refused.removeAll { $0.framework == framework }
            allocator.deactivateFramework(framework)
        } else {
            allocator.activateFramework(framework)
        }
    }

    private mutating func suppress() {
        let (framework, roles) = (anyFramework(), someRoles())
        allocator.suppress(framework, roles: roles)
        guard let member = frameworks[framework] else { return }
        frameworks[framework]?.suppressed.formUnion(roles.isEmpty ? member.roles : roles.filter(member.roles.contains))
    }

    private mutating func revive() {
        let (framework, roles) = (anyFramework(), someRoles())
        allocator.revive(framework, roles: roles)
        if roles.isEmpty { frameworks[framework]?.suppressed = [] }
        frameworks[framework]?.suppressed.subtract(roles)
        refused.removeAll { $0.framework == framework && (roles.isEmpty || roles.contains($0.role)) }
    }

    /// All or a part of a holding, refused or not; sometimes twice, which must change nothing.
    private mutating func giveBack() {
        guard !holdings.isEmpty else { return }
        let index = Int.random(in: 0..<holdings.count, using: &random)
        let holding = holdings[index]
        let part = holding.resources.filter { _ in Bool.random(using: &random) }
        let filter = [nil, RefuseFilter(.zero), .default, RefuseFilter(.seconds(30))][Int.random(in: 0..<4, using: &random)]
        allocator.recover(holding.framework, holding.agent, part, filter: filter, at: now)
        holdings[index].resources -= part
        if Bool.random(using: &random), holdings.filter({ $0.agent == holding.agent }).count == 1, holdings[index].resources.isEmpty {
            allocator.recover(holding.framework, holding.agent, part, at: now)
        }
        if holdings[index].resources.isEmpty { holdings.remove(at: index) }
        let isSubscribed = frameworks[holding.framework]?.roles.contains(holding.role) == true
        guard let filter, filter.duration > .zero, !part.isEmpty, isSubscribed else { return }
        refused.append(
            Refused(
                framework: holding.framework,
                role: holding.role,
                agent: holding.agent,
                resources: part.unallocated(),
                deadline: now + filter.duration
            )
        )
    }

    private mutating func allocate() {
        for grant in allocator.allocate(at: now) {
            let free = self.free(on: grant.agent)
            #expect(free.contains(grant.resources.unallocated()), "granted what was not free")
            #expect(grant.resources.allocationRoles == [grant.role])
            #expect(isWanted(grant.resources.unallocated(), by: grant.framework, in: grant.role, on: grant.agent))
            holdings.append(Holding(framework: grant.framework, role: grant.role, agent: grant.agent, resources: grant.resources))
        }
    }

    private func free(on agent: AgentID) -> Resources {
        holdings.reduce(agents[agent] ?? .empty) { $1.agent == agent ? $0 - $1.resources.unallocated() : $0 }
    }

    private func isWanted(_ resources: Resources, by framework: FrameworkID, in role: RoleName, on agent: AgentID) -> Bool {
        guard let member = frameworks[framework], member.isActive, !inactiveAgents.contains(agent) else { return false }
        guard member.roles.contains(role), !member.suppressed.contains(role) else { return false }
        guard resources.allocatable(to: role) == resources else { return false }
        guard member.unwanted != agent, member.isEnough(resources) else { return false }
        return !refused.contains {
            $0.framework == framework && $0.role == role && $0.agent == agent && $0.deadline > now && $0.resources.contains(resources)
        }
    }

    /// All is where the model says, and nobody could be given anything more.
    private func check() {
        for agent in agents.keys {
            let free = free(on: agent)
            #expect(allocator.available(on: agent) == free)
            for framework in frameworks.keys {
                let held = holdings.filter { $0.agent == agent && $0.framework == framework }
                #expect(allocator.claims(of: framework, on: agent) == held.map(\.resources).reduce(.empty, +))
            }
            for (framework, member) in frameworks {
                for role in member.roles {
                    let share = free.allocatable(to: role)
                    #expect(!isWanted(share, by: framework, in: role, on: agent), "\(share) of \(agent) was forgotten")
                }
            }
        }
    }
}
