import AgentCore
import Cluster
import FoundationEssentials
import MesosMessages
import Testing

/// Updates are stored before they are sent, sent in order, and sent again until they are acknowledged.
@Suite struct UpdateStreamTests {
    @Test func sendsTheNextOnlyAfterTheFormerIsAcknowledged() {
        var agent = finished()
        #expect(agent.sent.map(\.status.state) == [.taskStarting])
        agent.acknowledge(agent.sent[0])
        #expect(agent.sent.map(\.status.state) == [.taskStarting, .taskRunning])
        agent.acknowledge(agent.sent[1])
        agent.acknowledge(agent.sent[2])
        #expect(agent.sent.map(\.status.state) == [.taskStarting, .taskRunning, .taskFinished])
        #expect(agent.core.tasks.isEmpty)
    }

    @Test func pausesDoubleFromTenSecondsToTenMinutes() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"))
        var pauses: [Double] = []
        var last = agent.now
        while pauses.count < 8, let deadline = agent.core.nextDeadline {
            agent.now = deadline
            let before = agent.sent.count
            agent.event(.heartbeat)
            guard agent.sent.count > before else { continue }
            pauses.append((agent.now - last) / .seconds(1))
            last = agent.now
        }
        #expect(Set(agent.sent.map(\.status.uuid)).count == 1)
        #expect(pauses == [10, 20, 40, 80, 160, 320, 600, 600])
    }

    @Test func tellsTheEndWithTheUpdateThatWaits() {
        var agent = finished()
        #expect(agent.sent.map(\.latestState) == [.taskStarting])
        agent.run(for: .seconds(1))
        #expect(agent.sent.map(\.status.state) == [.taskStarting, .taskStarting])
        #expect(agent.sent.last?.latestState == .taskFinished)
    }

    @Test func repeatsAtOnceToANewSubscription() {
        var agent = finished()
        let first = agent.sent[0]
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.run(for: .seconds(1))
        agent.sent = []
        agent.subscribe()
        #expect(agent.sent.map(\.status.uuid) == [first.status.uuid])
        #expect(agent.sent.first?.latestState == .taskFinished)
    }

    @Test func ignoresWhatComesAfterTheLossOfAConnection() {
        var agent = finished()
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.acknowledge(agent.sent[0])
        agent.launch([.sample("t2")])
        #expect(agent.disk.tasks.map(\.acknowledged) == [0])
    }

    @Test func staysSilentWithoutAMaster() {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.handle(.linkLost(connection: agent.connection, reason: "test"))
        agent.launched(agent.container("t1"))
        #expect(agent.sent.isEmpty)
        #expect(agent.disk.tasks.first?.updates.count == 2)
        agent.run(for: .seconds(1))
        agent.subscribe()
        #expect(agent.sent.map(\.status.state) == [.taskStarting])
        #expect(agent.sent.first?.latestState == .taskRunning)
    }

    @Test(arguments: [Data(), Data(repeating: 1, count: 16), Data(repeating: 1, count: 1000)])
    func ignoresOtherAcknowledgements(uuid: Data) {
        var agent = finished()
        var other = agent.sent[0]
        other.status.uuid = uuid
        agent.acknowledge(other)
        #expect(agent.sent.count == 1)
        other = agent.sent[0]
        other.status.taskID.value = "other"
        agent.acknowledge(other)
        #expect(agent.sent.count == 1)
    }

    @Test func storesEveryUpdateBeforeItIsSent() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a"), .sample("b")])
        agent.effects = []
        agent.kill("a")
        agent.ended(agent.container("a"), 15)
        agent.ended(agent.container("b"), 15)
        agent.acknowledgeAll()
        var stored: Set<Data> = []
        var sends = 0
        for effect in agent.effects {
            if case .persist(.putUpdate(_, _, let update)) = effect { stored.insert(update.status.uuid) }
            guard case .send(_, let call) = effect, call.type == .updateStatus else { continue }
            sends += 1
            #expect(call.updateStatus.updates.allSatisfy { stored.contains($0.status.uuid) })
        }
        #expect(sends > 0)
    }

    @Test func storesATaskBeforeItIsLaunched() throws {
        var agent = CoreHarness.subscribed()
        agent.launchGroup([.sample("a")])
        let launch = try #require(agent.effects.firstIndex { if case .launch = $0 { true } else { false } })
        let task = try #require(agent.effects.firstIndex { if case .persist(.putTask) = $0 { true } else { false } })
        let executor = try #require(agent.effects.firstIndex { if case .persist(.putExecutor) = $0 { true } else { false } })
        #expect(task < launch && executor < launch)
    }

    private func finished() -> CoreHarness {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1")])
        agent.launched(agent.container("t1"))
        agent.ended(agent.container("t1"), 0)
        return agent
    }
}
