import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Every status that the master itself makes: what happened, and the state, reason and source that come of it.
@Suite struct ReasonTests {
    struct Setting {
        var master: TestMaster
        let scheduler: TestScheduler
        let agent: TestAgent
        let offer: OfferID
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let state: Mesos_V1_TaskState
        /// Without PARTITION_AWARE.
        let plain: Mesos_V1_TaskState
        let reason: Mesos_V1_TaskStatus.Reason
        let happens: @Sendable (inout Setting) throws -> Void

        init(
            _ what: String,
            _ state: Mesos_V1_TaskState,
            or plain: Mesos_V1_TaskState? = nil,
            _ reason: Mesos_V1_TaskStatus.Reason,
            _ happens: @escaping @Sendable (inout Setting) throws -> Void
        ) {
            self.what = what
            self.state = state
            self.plain = plain ?? state
            self.reason = reason
            self.happens = happens
        }

        var testDescription: String { what }
    }

    static let cases: [Case] = [
        Case("a task that is invalid", .taskError, .taskInvalid) { setting in
            try setting.launch { $0.resources = [] }
        },
        Case("a group that is invalid", .taskError, .taskGroupInvalid) { setting in
            let operation = launchGroup(try executorInfo("e", "cpus:0.1;mem:64"), [try taskInfo("t", on: setting.agent.id)])
            setting.master.accept(setting.scheduler, [setting.offer], [operation])
        },
        Case("offers that are not valid", .taskDropped, or: .taskLost, .invalidOffers) { setting in
            setting.master.accept(setting.scheduler, [OfferID("none")], [launch([try taskInfo("t", on: setting.agent.id)])])
        },
        Case("an agent that stays away", .taskUnreachable, or: .taskLost, .agentRemoved) { setting in
            try setting.launch()
            setting.leave()
            setting.master.advance(by: .seconds(76))
        },
        Case("an agent that leaves for good", .taskGone, or: .taskLost, .agentRemoved) { setting in
            try setting.launch()
            setting.master.send(setting.agent, .unsubscribe)
        },
        Case("an agent that is back after long", .taskRunning, .agentReregistered) { setting in
            try setting.launch()
            setting.run()
            setting.leave()
            setting.master.advance(by: .seconds(76))
            try setting.comeBack(with: .taskRunning)
        },
        Case("an agent that is back without a task that ran", .taskGone, or: .taskLost, .reconciliation) { setting in
            try setting.launch()
            setting.run()
            setting.leave()
            try setting.comeBack(with: nil)
        },
        Case("an agent that is back without a task it never got", .taskDropped, or: .taskLost, .reconciliation) { setting in
            try setting.launch()
            setting.leave()
            try setting.comeBack(with: nil)
        },
        Case("a kill before the agent got the task", .taskKilled, .taskKilledDuringLaunch) { setting in
            try setting.launch()
            setting.leave()
            setting.master.send(setting.scheduler, .kill) { $0.kill.taskID.value = "t" }
            try setting.comeBack(with: nil)
        },
        Case("a kill of an unknown task", .taskUnknown, or: .taskLost, .reconciliation) { setting in
            setting.master.send(setting.scheduler, .kill) { $0.kill.taskID.value = "t" }
        },
        Case("reconciling a task that is not there yet", .taskStaging, .reconciliation) { setting in
            try setting.launch()
            setting.reconcile(on: nil)
        },
        Case("reconciling a task that runs", .taskRunning, .reconciliation) { setting in
            try setting.launch()
            setting.run()
            setting.reconcile(on: nil)
        },
        Case("reconciling an unknown task", .taskUnknown, or: .taskLost, .reconciliation) { $0.reconcile(on: nil) },
        Case("reconciling a task unknown to its agent", .taskGone, or: .taskLost, .reconciliation) { $0.reconcile(on: $0.agent.id) },
        Case("reconciling a task of an unknown agent", .taskUnknown, or: .taskLost, .reconciliation) { $0.reconcile(on: AgentID("M-S99")) },
        Case("reconciling a task of an unreachable agent", .taskUnreachable, or: .taskLost, .reconciliation) { setting in
            setting.leave()
            setting.master.advance(by: .seconds(76))
            setting.reconcile(on: setting.agent.id)
        },
    ]

    @Test(arguments: cases, [true, false])
    func whatHappensHasItsStateReasonAndSource(_ example: Case, _ isPartitionAware: Bool) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(timeout: 1e6, isPartitionAware: isPartitionAware))
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        var setting = Setting(master: master, scheduler: scheduler, agent: agent, offer: offer.id)
        try example.happens(&setting)
        let status = try #require(setting.master.updates(to: scheduler).last)
        #expect(status.taskID.value == "t")
        #expect(status.state == (isPartitionAware ? example.state : example.plain))
        #expect(status.reason == example.reason)
        #expect(status.source == .master)
        #expect(!status.hasUuid, "nobody is to acknowledge it")
        #expect(status.hasTimestamp && !status.message.isEmpty)
    }

    @Test func aTeardownEndsTasksAsKilledByTheMaster() throws {
        var (master, scheduler, _) = try TestMaster.running()
        master.send(scheduler, .teardown)
        let ended = try #require(master.core.state.completedTaskMessages.first?.statuses.last)
        #expect(ended.state == .taskKilled)
        #expect(ended.reason == .frameworkRemoved)
        #expect(ended.source == .master)
    }

    @Test func aKillBeforeDeliveryEndsTheWholeGroupAndNoOther() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(timeout: 1e6))
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        let groups = try [["a1", "a2"], ["b1"]].map { ids in
            launchGroup(try executorInfo("pod"), try ids.map { try taskInfo($0, on: agent.id) })
        }
        master.accept(scheduler, [offer.id], groups)
        master.handle(.agentStreamClosed(agent.stream.id))
        master.send(scheduler, .kill) { $0.kill.taskID.value = "a2" }
        _ = try master.agent(id: agent.id) { $0.frameworks = [TaskLifeTests.info(of: scheduler, timeout: 1e6)] }
        let statuses = master.updates(to: scheduler)
        #expect(statuses.map(\.taskID.value) == ["a1", "a2", "b1"])
        #expect(statuses.map(\.state) == [.taskKilled, .taskKilled, .taskDropped])
        #expect(statuses.map(\.reason) == [.taskKilledDuringLaunch, .taskKilledDuringLaunch, .reconciliation])
        #expect(master.core.state.taskMessages.isEmpty)
        #expect(ClusterUsage(master.core.state).allocatedByAgent[agent.id] == nil)
    }
}

extension ReasonTests.Setting {
    mutating func launch(_ change: (inout Mesos_V1_TaskInfo) -> Void = { _ in }) throws {
        var task = try taskInfo("t", on: agent.id)
        change(&task)
        master.accept(scheduler, [offer], [MasterCoreTests.launch([task])])
    }

    mutating func run() {
        master.report("t", .taskRunning, uuid: uuid(1), by: agent, of: scheduler.id)
    }

    mutating func leave() {
        master.handle(.agentStreamClosed(agent.stream.id))
    }

    mutating func comeBack(with state: Mesos_V1_TaskState?) throws {
        let info = try #require(master.core.state.frameworks[scheduler.id]?.info)
        let tasks = (master.core.state.taskMessages + master.core.state.unreachableTaskMessages).compactMap { task in
            state.map { state in
                var task = task
                task.state = state
                return task
            }
        }
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [info]
            report.tasks = tasks
        }
    }

    mutating func reconcile(on agent: AgentID?) {
        master.send(scheduler, .reconcile) { call in
            call.reconcile.tasks = [.with { $0.taskID.value = "t" }]
            if let agent { call.reconcile.tasks[0].agentID = agent.message }
        }
    }
}
