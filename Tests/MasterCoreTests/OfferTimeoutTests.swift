import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

/// Offers that nobody answers, and filters at their limits.
@Suite struct OfferTimeoutTests {
    @Test func anOfferThatIsNotAnsweredIsTakenBackAndMadeAgain() throws {
        var master = TestMaster { $0.offerTimeout = .seconds(30) }
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.advance(by: .seconds(29))
        #expect(master.rescinded(from: scheduler).isEmpty)
        master.advance(by: .seconds(1))
        #expect(master.rescinded(from: scheduler) == [offer.id])
        #expect(master.core.state.counters.offersTimedOut == 1)
        let next = try #require(master.offers(to: scheduler).first)
        #expect(next.resources == offer.resources)
        let answer = master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: offer.agent)])])
        #expect(answer?.status == 202)
        #expect(master.updates(to: scheduler).map(\.reason) == [.invalidOffers])
    }

    @Test func anAnsweredOfferIsNotTakenBack() throws {
        var master = TestMaster { $0.offerTimeout = .seconds(30) }
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [])
        master.advance(by: .seconds(31))
        #expect(master.rescinded(from: scheduler).isEmpty)
        #expect(master.core.state.counters.offersTimedOut == 0)
    }

    @Test func withoutTimeoutOffersStay() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        for _ in 0..<100 {
            master.advance(by: .seconds(60))
            master.send(agent, .heartbeat)
        }
        #expect(master.core.state.offers[offer.id] != nil)
    }

    private static let year: Int64 = 365 * 24 * 3600

    @Test(arguments: [(nil, 5), (-1, 5), (.nan, 5), (0, 0), (3, 3), (1e12, year), (.infinity, year)] as [(Double?, Int64)])
    func filtersLastAsLongAsTheRulesSay(_ seconds: Double?, _ expected: Int64) throws {
        for declines in [true, false] {
            var master = TestMaster { $0.missedAgentHeartbeats = 100_000_000 }
            let scheduler = try master.scheduler()
            _ = try master.agent()
            let offer = try #require(master.offers(to: scheduler).first)
            master.send(scheduler, declines ? .decline : .accept) { call in
                let ids = [offer.id.message]
                if declines { call.decline.offerIds = ids } else { call.accept.offerIds = ids }
                guard let seconds else { return }
                if declines { call.decline.filters.refuseSeconds = seconds } else { call.accept.filters.refuseSeconds = seconds }
            }
            if expected > 0 {
                master.now = master.now + (.seconds(expected) - .milliseconds(200))
                master.handle(.tick)
                #expect(master.offers(to: scheduler).isEmpty)
            }
            master.now = master.now + .milliseconds(300)
            master.handle(.tick)
            #expect(master.offers(to: scheduler).count == 1)
        }
    }
}
