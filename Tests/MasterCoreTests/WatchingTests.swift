import Cluster
import MasterCore
import MesosAPI
import MesosMessages
import Testing

/// What those who watch the cluster hear of: SUBSCRIBE of the operator API.
@Suite struct WatchingTests {
    private static func words(_ events: [OperatorEvent]) -> [String] {
        events.compactMap { event in
            let message = event.message
            return switch event {
            case .taskAdded(let task): "\(message.type.name) \(task.taskID.value)"
            case .taskUpdated(_, let status, let state): "\(message.type.name) \(status.taskID.value) \(status.state.name) \(state.name)"
            case .agentAdded(let agent): "\(message.type.name) \(agent.active)"
            case .agentRemoved: message.type.name
            case .frameworkAdded(let framework), .frameworkUpdated(let framework): "\(message.type.name) \(framework.connected)"
            case .frameworkRemoved: message.type.name
            case .heartbeat: nil
            }
        }
    }

    private func watch(_ master: inout TestMaster) -> StreamID {
        let stream = master.newStream().id
        master.handle(.operatorSubscribe([stream]))
        return stream
    }

    private func take(_ master: inout TestMaster) -> [String] {
        defer { master.operatorEvents = [] }
        return Self.words(master.operatorEvents)
    }

    @Test func nobodyWatchesNothingIsMade() throws {
        var master = TestMaster()
        _ = try master.scheduler()
        _ = try master.agent()
        #expect(master.operatorEvents.isEmpty)
    }

    @Test func hearOfALife() throws {
        var master = TestMaster()
        let stream = watch(&master)
        #expect(master.greetings.map(\.streams) == [[stream]])
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(timeout: 1000))
        #expect(take(&master) == ["FRAMEWORK_ADDED true"])
        let agent = try master.agent()
        #expect(take(&master) == ["AGENT_ADDED true"])
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: agent.id)])])
        #expect(take(&master) == ["TASK_ADDED t"])
        master.report("t", .taskRunning, uuid: uuid(1), by: agent, of: scheduler.id)
        #expect(take(&master) == ["TASK_UPDATED t TASK_RUNNING TASK_RUNNING"])
        master.handle(.agentStreamClosed(agent.stream.id))
        #expect(take(&master) == ["AGENT_ADDED false"])
        master.advance(by: .seconds(100))
        #expect(take(&master) == ["TASK_UPDATED t TASK_UNREACHABLE TASK_UNREACHABLE", "AGENT_REMOVED"])
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        #expect(take(&master) == ["FRAMEWORK_UPDATED false"])
        master.advance(by: .seconds(2000))
        #expect(take(&master) == ["FRAMEWORK_REMOVED"])
    }

    @Test func heartbeatsComeWhileSomebodyWatches() throws {
        var master = TestMaster()
        let stream = watch(&master)
        master.advance(by: .seconds(46))
        #expect(master.operatorEvents.count == 3)
        master.handle(.operatorStreamClosed(stream))
        master.advance(by: .seconds(100))
        #expect(master.operatorEvents.count == 3)
        #expect(master.core.nextDeadline == nil)
    }

    @Test func theOldestMakeRoom() throws {
        var master = TestMaster { $0.limits.operatorSubscribers = 2 }
        let streams = (0..<4).map { _ in master.newStream().id }
        master.handle(.operatorSubscribe(Array(streams.prefix(1))))
        master.handle(.operatorSubscribe(Array(streams.dropFirst())))
        #expect(master.closed == Set(streams.prefix(2)))
        #expect(master.core.state.operatorSubscribers == 2)
        for stream in streams { master.handle(.operatorStreamClosed(stream)) }
        #expect(master.core.state.operatorSubscribers == 0)
    }
}
