import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// What a framework gets to see because of what it said it can deal with.
@Suite struct CapabilityTests {
    typealias Capability = Mesos_V1_FrameworkInfo.Capability.TypeEnum

    struct Case: Sendable, CustomTestStringConvertible {
        let capability: Capability
        let special: @Sendable (inout Mesos_V1_Resource) -> Void

        var testDescription: String { "\(capability)" }
    }

    @Test(arguments: [
        Case(capability: .revocableResources) { $0.revocable = .init() },
        Case(capability: .reservationRefinement) { resource in
            resource.reservations = ["eng", "eng/web"].map { role in
                .with { reservation in
                    reservation.type = role == "eng" ? .static : .dynamic
                    reservation.role = role
                }
            }
        },
        Case(capability: .sharedResources) { resource in
            resource.name = "disk"
            resource.reservations = [.with { ($0.type, $0.role) = (.static, "eng") }]
            resource.disk.persistence.id = "v"
            resource.disk.volume = .with { ($0.containerPath, $0.mode) = ("x", .rw) }
            resource.shared = .init()
        },
    ])
    func resourcesOfAKindNeedTheCapability(_ example: Case) throws {
        for isCapable in [false, true] {
            var master = TestMaster()
            let agent = try master.agent("cpus:4;mem:100") { report in
                var resource = report.agent.resources[0]
                example.special(&resource)
                report.agent.resources.append(resource)
            }
            let capabilities: [Capability] = isCapable ? [example.capability] : []
            var info = TestMaster.frameworkInfo(roles: ["eng/web"])
            info.capabilities += capabilities.map { type in .with { $0.type = type } }
            let scheduler = try master.scheduler(info)
            let offer = try #require(master.offers(to: scheduler).first)
            #expect(offer.agent == agent.id)
            #expect(offer.resources.items.count == (isCapable ? 3 : 2))
        }
    }

    @Test(arguments: [false, true])
    func agentsWithGPUsNeedTheCapability(_ isCapable: Bool) throws {
        var master = TestMaster()
        _ = try master.agent("cpus:4;mem:100;gpus:2")
        var info = TestMaster.frameworkInfo()
        if isCapable { info.capabilities.append(.with { $0.type = .gpuResources }) }
        let scheduler = try master.scheduler(info)
        #expect(master.offers(to: scheduler).count == (isCapable ? 1 : 0))
    }

    @Test(arguments: [false, true], [false, true])
    func agentsOfOtherRegionsNeedTheCapability(_ isCapable: Bool, afterARestart: Bool) throws {
        var master = TestMaster { $0.masterInfo.domain = .place("eu", "eu-1") }
        if afterARestart { master.restart() }
        let near = try master.agent { $0.agent.domain = .place("eu", "eu-2") }
        let far = try master.agent { $0.agent.domain = .place("us", "us-1") }
        let nowhere = try master.agent()
        var info = TestMaster.frameworkInfo()
        if isCapable { info.capabilities.append(.with { $0.type = .regionAware }) }
        let scheduler = try master.scheduler(info)
        let offers = master.offers(to: scheduler)
        #expect(offers.map(\.agent).sorted() == (isCapable ? [near.id, far.id, nowhere.id] : [near.id, nowhere.id]).sorted())
        #expect(offers.first { $0.agent == near.id }?.message.domain == .place("eu", "eu-2"))
    }

    @Test func aMasterWithoutDomainRefusesAgentsThatHaveOne() throws {
        var master = TestMaster()
        var call = try TestMaster.agentCall("cpus:1")
        call.subscribe.agent.domain = .place("eu", "eu-1")
        let stream = master.newStream()
        master.handle(.agentSubscribe(stream, call))
        guard case .error(let text)? = master.agentEvents[stream.id]?.first else { return #expect(Bool(false), "no ERROR") }
        #expect(text.contains("agent.domain"))
        #expect(master.closed.contains(stream.id))
        #expect(master.core.state.agents.isEmpty)
    }

    @Test(arguments: [(true, Mesos_V1_TaskState.taskDropped), (false, .taskLost)])
    func whatIsLostHasFinerNamesForThePartitionAware(_ isAware: Bool, _ state: Mesos_V1_TaskState) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(isPartitionAware: isAware))
        let agent = try master.agent()
        master.accept(scheduler, [OfferID("none")], [launch([try taskInfo("t", on: agent.id)])])
        #expect(master.updates(to: scheduler).map(\.state) == [state])
        #expect(master.core.state.counters.endedTasks == [state: 1])
    }

    struct Roles: Sendable, CustomTestStringConvertible {
        let words: String?
        let isMultiRole: Bool
        let role: String?
        let roles: [String]

        var testDescription: String { "\(isMultiRole) \(role ?? "-") \(roles)" }
    }

    @Test(arguments: [
        Roles(words: nil, isMultiRole: true, role: nil, roles: ["a", "b/c"]),
        Roles(words: nil, isMultiRole: true, role: nil, roles: []),
        Roles(words: nil, isMultiRole: false, role: "a", roles: []),
        Roles(words: nil, isMultiRole: false, role: nil, roles: []),
        Roles(words: "framework_info.role: must not be set", isMultiRole: true, role: "a", roles: ["b"]),
        Roles(words: "framework_info.roles: needs the capability", isMultiRole: false, role: nil, roles: ["a"]),
        Roles(words: "is there twice", isMultiRole: true, role: nil, roles: ["a", "a"]),
        Roles(words: "framework_info.roles", isMultiRole: true, role: nil, roles: ["a/*"]),
        Roles(words: "framework_info.role", isMultiRole: false, role: "/a", roles: []),
    ])
    func rolesAreNamedByTheRules(_ example: Roles) {
        var master = TestMaster()
        var info = Mesos_V1_FrameworkInfo()
        info.name = "test"
        info.user = "root"
        info.roles = example.roles
        if let role = example.role { info.role = role }
        if example.isMultiRole { info.capabilities = [.with { $0.type = .multiRole }] }
        let stream = master.subscribe(info)
        switch (master.events(of: stream).first, example.words) {
        case (.subscribed?, nil): break
        case (.error(let text)?, let words?): #expect(text.contains(words), "\(text)")
        case (let event, _): #expect(Bool(false), "\(String(describing: event))")
        }
    }
}
