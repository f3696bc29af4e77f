import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct OfferTests {
    @Test func aDeclinedOfferComesBackAfterItsFilter() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.send(scheduler, .decline) { call in
            call.decline.offerIds = [offer.id.message]
            call.decline.filters.refuseSeconds = 10
        }
        #expect(master.offers(to: scheduler).isEmpty)
        master.advance(by: .seconds(11))
        #expect(master.offers(to: scheduler).map(\.resources) == [offer.resources])
    }

    @Test func withoutFiltersItComesBackAfterFiveSeconds() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.send(scheduler, .decline) { $0.decline.offerIds = [offer.id.message] }
        master.advance(by: .milliseconds(4900))
        #expect(master.offers(to: scheduler).isEmpty)
        master.advance(by: .milliseconds(200))
        #expect(master.offers(to: scheduler).count == 1)
    }

    @Test func reviveForgetsFilters() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [])
        #expect(master.offers(to: scheduler).isEmpty)
        master.send(scheduler, .revive)
        #expect(master.offers(to: scheduler).count == 1)
    }

    @Test func suppressedFrameworksGetNone() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        master.send(scheduler, .suppress)
        _ = try master.agent()
        #expect(master.offers(to: scheduler).isEmpty)
        master.send(scheduler, .suppress) { $0.suppress.roles = ["not-mine"] }
        master.send(scheduler, .revive) { $0.revive.roles = ["eng"] }
        #expect(master.offers(to: scheduler).count == 1)
    }

    @Test func nothingIsOfferedTwice() throws {
        var master = TestMaster()
        let first = try master.scheduler(TestMaster.frameworkInfo("a", roles: ["a"]))
        let second = try master.scheduler(TestMaster.frameworkInfo("b", roles: ["b"]))
        for _ in 0..<10 { _ = try master.agent() }
        let all = master.offers(to: first) + master.offers(to: second)
        #expect(all.count == 10)
        #expect(Set(all.map(\.agent)).count == 10)
    }

    @Test func aThousandAgentsMakeOneEvent() throws {
        var master = TestMaster()
        for _ in 0..<1000 { _ = try master.agent() }
        let scheduler = try master.scheduler()
        master.advance(by: .milliseconds(50))
        let events = master.events(of: scheduler.stream)
        guard case .offers(let offers) = try #require(events.first), events.count == 1 else {
            return #expect(Bool(false), "\(events.count) events")
        }
        #expect(offers.count == 1000)
    }

    @Test func offersOfALostAgentAreRescindedAtOnce() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.handle(.agentStreamClosed(agent.stream.id))
        guard case .rescind(offer.id) = try #require(master.events(of: scheduler.stream).first) else {
            return #expect(Bool(false), "no RESCIND")
        }
        #expect(master.offers(to: scheduler).isEmpty)
        #expect(master.core.state.offers.isEmpty)
    }

    @Test func severalOffersOfOneAgentAndRoleAreTakenTogether() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent("cpus:4;mem:4096")
        let first = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [first.id], [launch([try taskInfo("a", on: agent.id, "cpus:2;mem:2048")])], refuse: 0)
        let second = try #require(master.offers(to: scheduler).first)
        master.report("a", .taskFinished, uuid: uuid(1), by: agent, of: scheduler.id)
        let third = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [second.id, third.id], [launch([try taskInfo("b", on: agent.id, "cpus:4;mem:4096")])])
        guard case .launch(_, nil, let tasks)? = master.events(of: agent).last else { return #expect(Bool(false), "no LAUNCH") }
        #expect(tasks.map(\.taskID.value) == ["b"])
    }

    enum BadOffers: CaseIterable { case none, unknown, twice, otherAgent, otherRole, someoneElses }

    @Test(arguments: BadOffers.allCases)
    func invalidOffersLaunchNothing(_ kind: BadOffers) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(roles: ["x", "y"]))
        let one = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        var ids = [offer.id]
        switch kind {
        case .none: ids = []
        case .unknown: ids.append(OfferID("M-O99"))
        case .twice: ids.append(offer.id)
        case .otherAgent:
            _ = try master.agent()
            ids += master.offers(to: scheduler).map(\.id)
        case .otherRole:
            let before = Set(master.core.state.offers.keys)
            master.accept(scheduler, [offer.id], [launch([try taskInfo("first", on: one.id)])], refuse: 0)
            ids = master.offers(to: scheduler).filter { !before.contains($0.id) }.map(\.id)
            master.report("first", .taskFinished, uuid: uuid(9), by: one, of: scheduler.id)
            ids += master.offers(to: scheduler).map(\.id)
            guard Set(ids.compactMap { master.core.state.offers[$0]?.role }).count == 2 else { return }
        case .someoneElses:
            let other = try master.scheduler(TestMaster.frameworkInfo("other", roles: ["x"]))
            master.send(scheduler, .suppress)
            _ = try master.agent()
            ids += master.offers(to: other).map(\.id)
            #expect(ids.count == 2)
        }
        _ = master.events(of: one)
        #expect(master.accept(scheduler, ids, [launch([try taskInfo("t", on: one.id)])])?.status == 202)
        let status = try #require(master.updates(to: scheduler).first { $0.taskID.value == "t" })
        #expect(status.state == .taskDropped)
        #expect(status.reason == .invalidOffers)
        #expect(status.source == .master)
        #expect(!status.hasUuid)
        #expect(master.events(of: one).isEmpty)
    }

    @Test func withoutPartitionAwarenessInvalidOffersMeanLost() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(isPartitionAware: false))
        let agent = try master.agent()
        master.accept(scheduler, [OfferID("none")], [launch([try taskInfo("t", on: agent.id)])])
        #expect(master.updates(to: scheduler).map(\.state) == [.taskLost])
    }
}
