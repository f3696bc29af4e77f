import AgentCore
import Cluster
import MesosMessages
import Testing

/// The connection to the master: found, lost and found again.
@Suite struct LinkTests {
    @Test func subscribesWithWhatItIs() throws {
        var agent = CoreHarness()
        agent.handle(.start)
        let call = try #require(agent.subscribeCalls.first)
        #expect(call.type == .subscribe)
        #expect(!call.hasAgentID && !call.subscribe.agent.hasID)
        #expect(call.subscribe.agent.hostname == "node1")
        #expect(call.subscribe.version == "1.0")
        #expect(call.subscribe.capabilities.map(\.type).contains(.multiRole))
        agent.subscribe()
        #expect(agent.core.id == AgentID("S1"))
        #expect(agent.disk.id == AgentID("S1"))
    }

    @Test func numbersItsSubscriptionsThroughItsLives() throws {
        var agent = CoreHarness.subscribed()
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.run(for: .seconds(1))
        agent.recover(agent.disk, [])
        agent.handle(.start)
        agent.recover(agent.disk, [])
        agent.handle(.start)
        #expect(agent.subscribeCalls.map { [$0.subscribe.life, $0.subscribe.attempt] } == [[0, 2], [1, 3], [2, 4]])
    }

    @Test func subscribesAgainWithAllThatRuns() throws {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"))
        agent.ended(agent.container("t1"), 0)
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.run(for: .seconds(1))
        let call = try #require(agent.subscribeCalls.last)
        #expect(call.subscribe.agent.id.value == "S1")
        #expect(call.subscribe.frameworks.map(\.id.value) == ["framework"])
        #expect(call.subscribe.executors.map(\.executor.executorID.value) == ["pod"])
        #expect(call.subscribe.tasks.map(\.taskID.value) == ["a", "t1"])
        #expect(call.subscribe.tasks.map(\.state) == [.taskRunning, .taskFinished])
        #expect(call.subscribe.tasks.map(\.hasExecutorID) == [true, false])
    }

    @Test func tellsOfExecutorsThatEndedWhileItDialled() throws {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        let root = try #require(agent.container("a").parent)
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.run(for: .seconds(1))
        #expect(agent.subscribeCalls.last?.subscribe.executors.count == 1)
        agent.ended(root, 9)
        agent.effects = []
        agent.subscribe()
        let exits = agent.effects.compactMap { if case .send(_, let call) = $0, call.type == .executorExited { call } else { nil } }
        #expect(exits.map(\.executorExited.executorID.value) == ["pod"])
    }

    @Test func triesAgainWithGrowingPauses() {
        var agent = CoreHarness()
        agent.handle(.start)
        var pauses: [Double] = []
        for _ in 0..<12 {
            let before = agent.now
            agent.handle(.linkLost(connection: agent.connection, reason: "refused"))
            guard let next = agent.core.nextDeadline else { break }
            pauses.append((next - before) / .seconds(1))
            agent.now = next
            agent.handle(.tick)
        }
        #expect(pauses.count == 12)
        for (index, pause) in pauses.enumerated() {
            let limit = min(0.25 * Double(1 << index), 15)
            #expect(pause >= limit / 2 && pause <= limit)
        }
        #expect(agent.subscribeCalls.count == 13)
    }

    @Test func spreadsThePausesOfManyAgents() {
        let pauses = (1...20 as ClosedRange<UInt64>).map { seed in
            var agent = CoreHarness(seed: seed)
            agent.handle(.start)
            agent.handle(.linkLost(connection: agent.connection, reason: "refused"))
            return agent.core.nextDeadline
        }
        #expect(Set(pauses).count > 15)
    }

    @Test func sendsHeartbeatsAndExpectsThem() {
        var agent = CoreHarness.subscribed()
        agent.run(for: .seconds(60))
        let beats = agent.effects.filter { if case .send(_, let call) = $0 { call.type == .heartbeat } else { false } }
        #expect(beats.count == 4)
        #expect(agent.core.isSubscribed)
        agent.event(.heartbeat)
        agent.run(for: .seconds(74))
        #expect(agent.core.isSubscribed)
        agent.run(for: .seconds(2))
        #expect(!agent.core.isSubscribed || agent.subscribeCalls.count > 0)
        let closed = agent.effects.contains { if case .disconnect = $0 { true } else { false } }
        #expect(closed)
    }

    @Test func ignoresWhatComesFromAnOldConnection() {
        var agent = CoreHarness.subscribed()
        let old = agent.connection
        agent.handle(.linkLost(connection: old, reason: "test"))
        agent.run(for: .seconds(1))
        agent.subscribe()
        agent.handle(.linkLost(connection: old, reason: "late"))
        #expect(agent.core.isSubscribed)
        var event = Agora_V1_AgentEvent()
        event.type = .error
        agent.handle(.event(connection: old, event))
        #expect(agent.core.isSubscribed)
    }

    @Test func endsWhenTheMasterSaysSo() {
        var agent = CoreHarness.subscribed()
        agent.event(.error) { $0.error.message = "this agent was removed" }
        let aborts = agent.effects.compactMap { if case .abort(let reason) = $0 { reason } else { nil } }
        #expect(aborts == ["this agent was removed"])
        #expect(agent.core.nextDeadline == nil)
    }

    @Test(arguments: [Agora_V1_AgentEvent.TypeEnum.launch, .kill, .acknowledge, .shutdownFramework, .subscribed, .unknown])
    func survivesEventsWithoutContent(type: Agora_V1_AgentEvent.TypeEnum) {
        var agent = CoreHarness.subscribed()
        agent.event(type)
        #expect(agent.core.isSubscribed)
        #expect(agent.launches.isEmpty)
    }

    @Test(arguments: [0, -1, Double.nan, .infinity, 1e300, 5])
    func survivesAnyHeartbeatInterval(seconds: Double) throws {
        var agent = CoreHarness()
        agent.handle(.start)
        agent.event(.subscribed) {
            $0.subscribed.agentID.value = "S1"
            $0.subscribed.heartbeatIntervalSeconds = seconds
        }
        let expected = seconds == 5 ? Duration.seconds(5) : .seconds(15)
        #expect(try #require(agent.core.nextDeadline) - agent.now == expected)
    }

    @Test(arguments: ["", "a/b", ".."]) func refusesAnIdThatWouldLeaveTheWorkDirectory(id: String) {
        var agent = CoreHarness()
        agent.handle(.start)
        agent.event(.subscribed) {
            $0.subscribed.agentID.value = id
            $0.subscribed.heartbeatIntervalSeconds = 15
        }
        #expect(agent.core.id == nil)
        #expect(!agent.core.isSubscribed)
    }

    // MARK: The end

    @Test func leavesContainersAloneWhenItIsToReturn() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        agent.handle(.stop(destroyContainers: false))
        #expect(agent.destroyed.isEmpty)
        #expect(agent.hasStopped)
        #expect(agent.core.nextDeadline == nil || !agent.core.isSubscribed)
    }

    @Test func destroysAllAndSaysGoodBye() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"))
        let (group, single) = (agent.container("a"), agent.container("t1"))
        agent.effects = []
        agent.handle(.stop(destroyContainers: true))
        #expect(Set(agent.destroyed) == [group.root, single])
        #expect(!agent.hasStopped)
        agent.ended(group, 9)
        agent.ended(group.root, 9)
        agent.ended(single, 9)
        #expect(agent.hasStopped)
        #expect(agent.last("a")?.state == .taskGone)
        let goodBye = agent.effects.contains { if case .send(_, let call) = $0 { call.type == .unsubscribe } else { false } }
        #expect(goodBye)
    }

    @Test func stopsAtOnceWithoutContainers() {
        var agent = CoreHarness.subscribed()
        agent.handle(.stop(destroyContainers: true))
        #expect(agent.hasStopped)
    }
}

extension CoreHarness {
    var subscribeCalls: [Agora_V1_AgentCall] {
        effects.compactMap { if case .connect(_, let call) = $0 { call } else { nil } }
    }

    var hasStopped: Bool {
        effects.contains { if case .stopped = $0 { true } else { false } }
    }
}
