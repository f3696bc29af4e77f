import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct SubscribeTests {
    @Test func aNewFrameworkGetsAnIdAndThenOffers() throws {
        var master = TestMaster()
        let stream = master.subscribe(TestMaster.frameworkInfo())
        guard case .subscribed(let id, let interval, let info) = try #require(master.events(of: stream).first) else {
            return #expect(Bool(false), "no SUBSCRIBED")
        }
        #expect(id == FrameworkID("M-0000"))
        #expect(interval == .seconds(15))
        #expect(info.id == "M")
        let agent = try master.agent()
        let offers = master.offers(to: TestScheduler(id: id, stream: stream))
        #expect(offers.map(\.agent) == [agent.id])
        #expect(offers.first?.id == OfferID("M-O0"))
        #expect(offers.first?.message.allocationInfo.role == "eng")
        #expect(offers.first?.message.url.address.ip == "10.0.0.7")
    }

    struct Invalid: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Mesos_V1_Scheduler_Call.Subscribe) -> Void

        var testDescription: String { words }
    }

    @Test(arguments: [
        Invalid(words: "contain '//'") { $0.frameworkInfo.roles = ["a//b"] },
        Invalid(words: "there twice") { $0.frameworkInfo.roles = ["a", "a"] },
        Invalid(words: "together with the capability MULTI_ROLE") { $0.frameworkInfo.role = "x" },
        Invalid(words: "needs the capability MULTI_ROLE") { $0.frameworkInfo.capabilities = [] },
        Invalid(words: "failover_timeout") { $0.frameworkInfo.failoverTimeout = -1 },
        Invalid(words: "failover_timeout") { $0.frameworkInfo.failoverTimeout = .nan },
        Invalid(words: "failover_timeout") { $0.frameworkInfo.failoverTimeout = .infinity },
        Invalid(words: "none of the framework's roles") { $0.suppressedRoles = ["other"] },
        Invalid(words: "framework_info.id") { $0.frameworkInfo.id.value = "a/b" },
        Invalid(words: "offer_constraints") { $0.offerConstraints.roleConstraints = ["eng": .init()] },
    ])
    func whatIsInvalidGetsAnErrorAndTheStreamEnds(_ invalid: Invalid) throws {
        var master = TestMaster()
        var call = Mesos_V1_Scheduler_Call()
        call.type = .subscribe
        call.subscribe.frameworkInfo = TestMaster.frameworkInfo()
        invalid.change(&call.subscribe)
        let stream = master.newStream()
        master.handle(.schedulerSubscribe(stream, call))
        let events = master.events(of: stream)
        guard case .error(let text) = try #require(events.first), events.count == 1 else {
            return #expect(Bool(false), "expected one ERROR, got \(events)")
        }
        #expect(text.contains(invalid.words))
        #expect(master.closed.contains(stream.id))
        #expect(master.core.state.frameworks.isEmpty)
    }

    @Test func theNewerSubscriptionEndsTheOlder() throws {
        var master = TestMaster()
        let first = try master.scheduler()
        let agent = try master.agent()
        #expect(master.offers(to: first).count == 1)
        var info = TestMaster.frameworkInfo()
        info.id = first.id.message
        let second = try master.scheduler(info)
        #expect(second.id == first.id)
        guard case .error = try #require(master.events(of: first.stream).first) else { return #expect(Bool(false), "no ERROR") }
        #expect(master.closed == [first.stream.id])
        #expect(master.offers(to: second).map(\.agent) == [agent.id])
        // Its old stream closing late changes nothing.
        master.handle(.schedulerStreamClosed(first.stream.id))
        #expect(master.send(second, .revive)?.status == 202)
        let refused = master.send(first, .revive)
        #expect(refused?.status == 400)
    }

    @Test func aFrameworkOfAFormerMasterKeepsItsId() throws {
        var master = TestMaster()
        var info = TestMaster.frameworkInfo()
        info.id.value = "older-0042"
        #expect(try master.scheduler(info).id == FrameworkID("older-0042"))
    }

    @Test func aFrameworkThatWasTornDownMayNotComeBack() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        #expect(master.send(scheduler, .teardown)?.status == 202)
        #expect(master.closed.contains(scheduler.stream.id))
        var info = TestMaster.frameworkInfo()
        info.id = scheduler.id.message
        let stream = master.subscribe(info)
        guard case .error(let text) = try #require(master.events(of: stream).first) else { return #expect(Bool(false), "no ERROR") }
        #expect(text.contains("was removed"))
        #expect(master.send(scheduler, .revive)?.status == 400)
    }

    @Test func heartbeatsComeEveryInterval() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        master.advance(by: .seconds(46))
        let beats = (master.schedulerEvents[scheduler.stream.id] ?? []).count { if case .heartbeat = $0 { true } else { false } }
        #expect(beats == 3)
    }

    @Test func thereAreNoMoreFrameworksThanTheLimit() throws {
        var master = TestMaster { $0.limits.frameworks = 1 }
        _ = try master.scheduler()
        let stream = master.subscribe(TestMaster.frameworkInfo())
        guard case .error(let text) = try #require(master.events(of: stream).first) else { return #expect(Bool(false), "no ERROR") }
        #expect(text.contains("limit"))
    }

    @Test func aFrameworkThatStaysAwayIsRemovedAfterItsTimeout() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 60))
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        #expect(master.send(scheduler, .revive)?.status == 403)
        master.advance(by: .seconds(59))
        #expect(master.core.state.frameworks[scheduler.id] != nil)
        master.advance(by: .seconds(2))
        #expect(master.core.state.frameworks[scheduler.id] == nil)
        guard case .shutdownFramework(scheduler.id) = try #require(master.events(of: agent).last) else {
            return #expect(Bool(false), "the agent was not told")
        }
    }

    @Test func aFrameworkThatComesBackInTimeKeepsItsTasks() throws {
        var (master, scheduler, _) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 60))
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        master.advance(by: .seconds(30))
        var info = TestMaster.frameworkInfo(timeout: 60)
        info.id = scheduler.id.message
        let again = try master.scheduler(info)
        master.advance(by: .seconds(45))
        #expect(master.core.state.frameworks[again.id]?.tasks.count == 1)
    }

    @Test func aFrameworkWithoutTimeoutIsRemovedAtOnce() throws {
        var (master, scheduler, _) = try TestMaster.running()
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        #expect(master.core.state.frameworks.isEmpty)
        let ended = try #require(master.core.state.completedFrameworks.all.first { _ in true })
        #expect(ended.completed.all.map(\.state) == [.taskKilled])
    }
}

@Suite struct NameTests {
    @Test func namesThatWereMadeUpAreNotGivenAgain() throws {
        var master = TestMaster()
        var info = TestMaster.frameworkInfo()
        info.id.value = "M-0000"
        let impostor = try master.scheduler(info)
        let other = try master.scheduler()
        #expect(impostor.id == FrameworkID("M-0000"))
        #expect(other.id == FrameworkID("M-0001"))
        let agent = try master.agent(id: AgentID("M-S0"))
        #expect(try master.agent().id == AgentID("M-S1"))
        #expect(master.core.state.agents[agent.id] != nil)
    }
}
