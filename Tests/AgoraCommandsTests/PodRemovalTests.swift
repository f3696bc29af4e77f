import Foundation
import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

@Suite struct PodRemovalTests {
    private let framework = Mesos_V1_FrameworkInfo.with {
        $0.id.value = "F"
        $0.roles = ["*"]
    }

    private func describe(_ effects: [PodRemoval.Effect]) -> [String] {
        effects.map { effect in
            switch effect {
            case .send(let call): "\(call.type)\(call.type == .kill ? " \(call.kill.taskID.value)" : "")"
            case .ended(let task, let state): "\(task) \(state.word)"
            case .finish: "finish"
            case .fail(let reason): "fail \(reason)"
            }
        }
    }

    private let subscribed = Mesos_V1_Scheduler_Event.with { $0.type = .subscribed }

    private func update(_ task: String, _ state: Mesos_V1_TaskState) -> Mesos_V1_Scheduler_Event {
        .with {
            $0.type = .update
            $0.update.status.taskID.value = task
            $0.update.status.state = state
            $0.update.status.uuid = Data([1])
        }
    }

    @Test func killsWaitsAndTakesTheFrameworkAway() {
        var removal = PodRemoval(framework: framework, targets: ["a", "b"], open: ["a", "b"], grace: nil)
        #expect(removal.subscription.frameworkID.value == "F")
        #expect(removal.subscription.subscribe.suppressedRoles == ["*"])
        #expect(describe(removal.handle(subscribed)) == ["kill a", "kill b", "reconcile"])
        #expect(describe(removal.handle(update("a", .taskKilling))) == ["acknowledge"])
        #expect(describe(removal.handle(update("a", .taskKilled))) == ["acknowledge", "a killed"])
        #expect(describe(removal.handle(update("b", .taskFailed))) == ["acknowledge", "b failed", "teardown", "finish"])
    }

    @Test func leavesTheFrameworkWhileOthersRun() {
        var removal = PodRemoval(framework: framework, targets: ["a"], open: ["a", "b"], grace: .seconds(2))
        let effects = removal.handle(subscribed)
        guard case .send(let kill)? = effects.first else { return #expect(Bool(false), "no kill") }
        #expect(kill.kill.killPolicy.gracePeriod.nanoseconds == 2_000_000_000)
        #expect(describe(removal.handle(update("a", .taskKilled))) == ["acknowledge", "a killed", "finish"])
    }

    @Test func whatIsOverIsTakenAwayAtOnce() {
        var removal = PodRemoval(framework: framework, targets: ["a"], open: [], grace: nil)
        #expect(describe(removal.handle(subscribed)) == ["teardown", "finish"])
    }
}
