import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct UpdateFrameworkTests {
    private static func update(
        _ master: inout TestMaster,
        _ scheduler: TestScheduler,
        _ info: Mesos_V1_FrameworkInfo,
        suppressed: [String] = [],
        constraints: Mesos_V1_Scheduler_OfferConstraints? = nil
    ) -> (status: Int, text: String)? {
        master.send(scheduler, .updateFramework) { call in
            call.updateFramework.frameworkInfo = info
            call.updateFramework.frameworkInfo.id = scheduler.id.message
            call.updateFramework.suppressedRoles = suppressed
            if let constraints { call.updateFramework.offerConstraints = constraints }
        }
    }

    @Test func aNewDescriptionIsTakenOverAndTheAgentsHearOfIt() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let other = try master.agent()
        var info = TestMaster.frameworkInfo("renamed", roles: ["eng", "ops"])
        info.failoverTimeout = 77
        let answer = Self.update(&master, scheduler, info)
        #expect(answer?.status == 200)
        #expect(answer?.text == "")
        let framework = try #require(master.core.state.frameworks[scheduler.id])
        #expect(framework.info.name == "renamed")
        #expect(framework.info.failoverTimeout == 77)
        #expect(framework.roles == [RoleName("eng"), RoleName("ops")])
        let events = master.events(of: agent).map(\.message)
        #expect(events.map(\.type) == [.updateFramework])
        #expect(events.first?.updateFramework.framework == framework.info)
        #expect(master.events(of: other).isEmpty, "nothing of it runs there")
        #expect(Self.update(&master, scheduler, info)?.status == 200)
        #expect(master.events(of: agent).isEmpty, "nothing changed")
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Mesos_V1_FrameworkInfo) -> Void

        var testDescription: String { words }
    }

    @Test(arguments: [
        Bad(words: "framework_info.user: cannot change") { $0.user = "nobody" },
        Bad(words: "framework_info.checkpoint: cannot change") { $0.checkpoint = true },
        Bad(words: "framework_info.principal") { $0.principal = "other" },
        Bad(words: "framework_info.roles") { $0.roles = ["a//b"] },
        Bad(words: "framework_info.roles: 'eng' is there twice") { $0.roles = ["eng", "eng"] },
        Bad(words: "framework_info.role: must not be set") { $0.role = "eng" },
        Bad(words: "framework_info.roles: needs the capability") { $0.capabilities = [] },
        Bad(words: "framework_info.failover_timeout") { $0.failoverTimeout = -1 },
        Bad(words: "framework_info.offer_filters['eng'].min_allocatable_resources.quantities[0]") {
            $0.offerFilters["eng"] = .init()
            $0.offerFilters["eng"]?.minAllocatableResources.quantities = [.init()]
        },
    ])
    func aBadUpdateChangesNothing(_ bad: Bad) throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let before = try #require(master.core.state.frameworks[scheduler.id])
        var info = TestMaster.frameworkInfo("renamed")
        bad.change(&info)
        let answer = Self.update(&master, scheduler, info)
        #expect(answer?.status == 400)
        #expect(answer?.text.contains("update_framework.\(bad.words)") == true, "\(answer?.text ?? "")")
        #expect(master.core.state.frameworks[scheduler.id]?.info == before.info)
        #expect(master.events(of: agent).isEmpty)
    }

    @Test func aSuppressedRoleMustBeTheFrameworks() throws {
        var (master, scheduler, _) = try TestMaster.running()
        let answer = Self.update(&master, scheduler, TestMaster.frameworkInfo("renamed"), suppressed: ["other"])
        #expect(answer?.status == 400)
        #expect(answer?.text.contains("suppressed_roles") == true)
        #expect(master.core.state.frameworks[scheduler.id]?.info.name == "test")
    }

    @Test func itNeedsAnOpenStream() throws {
        var (master, scheduler, _) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 60))
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo(timeout: 60))?.status == 403)
    }

    @Test func offersOfARoleThatItLeavesAreRescinded() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(roles: ["a"]))
        _ = try master.agent()
        let first = try #require(master.offers(to: scheduler).first)
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo(roles: ["b", "c"]), suppressed: ["c"])?.status == 200)
        #expect(master.rescinded(from: scheduler) == [first.id])
        #expect(master.core.state.offers[first.id] == nil)
        let second = try #require(master.offers(to: scheduler).first)
        #expect(second.role == RoleName("b"))
        #expect(second.resources.unallocated() == first.resources.unallocated())
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo(roles: ["b"]))?.status == 200)
        #expect(master.rescinded(from: scheduler).isEmpty, "its role is still there")
    }

    @Test func aRoleThatIsWantedAgainForgetsWhatItRefused() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [])
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo("x"))?.status == 200)
        #expect(master.offers(to: scheduler).isEmpty, "the filter holds on")
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo(), suppressed: ["eng"])?.status == 200)
        #expect(master.offers(to: scheduler).isEmpty)
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo())?.status == 200)
        #expect(master.offers(to: scheduler).count == 1)
    }

    @Test func constraintsAreReplaced() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler { $0.offerConstraints = .hostname("other", role: "eng") }
        _ = try master.agent()
        #expect(master.offers(to: scheduler).isEmpty)
        let wanted = Mesos_V1_Scheduler_OfferConstraints.hostname("10.0.0.7", role: "eng")
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo(), constraints: wanted)?.status == 200)
        #expect(master.offers(to: scheduler).count == 1)
        #expect(master.core.state.frameworks[scheduler.id]?.offerConstraints == wanted)
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo())?.status == 200)
        #expect(master.core.state.frameworks[scheduler.id]?.offerConstraints == .init(), "none is none")
    }

    @Test func aCapabilityThatItGainsIsUsedAtOnce() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent("cpus:4;mem:100;gpus:1")
        #expect(master.offers(to: scheduler).isEmpty)
        #expect(Self.update(&master, scheduler, TestMaster.frameworkInfo("test", .gpuResources))?.status == 200)
        #expect(master.offers(to: scheduler).count == 1)
    }

    @Test func subscribingAgainWithAnotherDescriptionTellsTheAgentsToo() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        var info = TestMaster.frameworkInfo("renamed")
        info.id = scheduler.id.message
        _ = try master.scheduler(info)
        #expect(master.events(of: agent).map(\.message.type) == [.updateFramework])
        _ = try master.scheduler(info)
        #expect(master.events(of: agent).isEmpty)
    }
}

extension Mesos_V1_Scheduler_OfferConstraints {
    /// Demands one host name in a role.
    static func hostname(_ name: String, role: String) -> Self {
        var constraint = Mesos_V1_Scheduler_AttributeConstraint()
        constraint.selector.pseudoattributeType = .hostname
        constraint.predicate.textEquals.value = name
        return .one(constraint, role: role)
    }

    /// Demands one thing in a role.
    static func one(_ constraint: Mesos_V1_Scheduler_AttributeConstraint, role: String) -> Self {
        var group = RoleConstraints.Group()
        group.attributeConstraints = [constraint]
        var constraints = Self()
        constraints.roleConstraints[role] = .init()
        constraints.roleConstraints[role]?.groups = [group]
        return constraints
    }
}
