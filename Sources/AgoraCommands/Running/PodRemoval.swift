import MesosMessages
import SwiftProtobuf

/// Ends tasks of a framework whose scheduler has left, by speaking in its place: events in, calls out, without I/O.
///
/// `agora run --detach` leaves its framework registered. To kill one of its tasks is to come back as that framework,
/// kill, wait for the last word, acknowledge it, and take the framework away once nothing of it is left.
struct PodRemoval {
    enum Effect {
        case send(Mesos_V1_Scheduler_Call)
        /// A task has ended.
        case ended(String, Mesos_V1_TaskState)
        case finish
        case fail(String)
    }

    private let framework: Mesos_V1_FrameworkInfo
    /// Tasks to kill that have not ended.
    private var targets: Set<String>
    /// Tasks of the framework that have not ended.
    private var open: Set<String>
    private let graceNanoseconds: Int64?

    /// - Parameters:
    ///   - targets: the tasks to end.
    ///   - open: all tasks of the framework that have not ended.
    ///   - grace: between SIGTERM and SIGKILL, instead of the tasks' own.
    init(framework: Mesos_V1_FrameworkInfo, targets: some Sequence<String>, open: some Sequence<String>, grace: Duration?) {
        self.framework = framework
        self.open = Set(open)
        self.targets = Set(targets).intersection(self.open)
        graceNanoseconds = grace.map { $0.components.seconds * 1_000_000_000 + $0.components.attoseconds / 1_000_000_000 }
    }

    var subscription: Mesos_V1_Scheduler_Call {
        .with {
            $0.type = .subscribe
            $0.frameworkID = framework.id
            $0.subscribe.frameworkInfo = framework
            $0.subscribe.suppressedRoles = framework.roles
        }
    }

    mutating func handle(_ event: Mesos_V1_Scheduler_Event) -> [Effect] {
        switch event.type {
        case .subscribed: return subscribed()
        case .update: return updated(event.update.status)
        case .error: return [.fail(event.error.message)]
        case .offers: return [.send(decline(event.offers.offers))]
        case .unknown, .inverseOffers, .rescind, .rescindInverseOffer, .updateOperationStatus, .message, .failure, .heartbeat: return []
        }
    }

    private func subscribed() -> [Effect] {
        guard !open.isEmpty else { return [.send(call(.teardown)), .finish] }
        let kills = targets.sorted().map { task in
            Effect.send(
                call(.kill) {
                    $0.kill.taskID.value = task
                    if let graceNanoseconds { $0.kill.killPolicy.gracePeriod.nanoseconds = graceNanoseconds }
                }
            )
        }
        // A task may have ended while nobody listened.
        let reconcile = call(.reconcile) { call in
            call.reconcile.tasks = open.sorted().map { task in .with { $0.taskID.value = task } }
        }
        return kills + [.send(reconcile)]
    }

    private mutating func updated(_ status: Mesos_V1_TaskStatus) -> [Effect] {
        var effects: [Effect] = []
        if status.hasUuid {
            let acknowledge = call(.acknowledge) {
                $0.acknowledge.agentID = status.agentID
                $0.acknowledge.taskID = status.taskID
                $0.acknowledge.uuid = status.uuid
            }
            effects.append(.send(acknowledge))
        }
        guard status.state.isTerminal, open.remove(status.taskID.value) != nil else { return effects }
        effects.append(.ended(status.taskID.value, status.state))
        targets.remove(status.taskID.value)
        guard targets.isEmpty else { return effects }
        return effects + (open.isEmpty ? [.send(call(.teardown)), .finish] : [.finish])
    }

    private func decline(_ offers: [Mesos_V1_Offer]) -> Mesos_V1_Scheduler_Call {
        call(.decline) { $0.decline.offerIds = offers.map(\.id) }
    }

    private func call(_ type: Mesos_V1_Scheduler_Call.TypeEnum, _ fill: (inout Mesos_V1_Scheduler_Call) -> Void = { _ in })
        -> Mesos_V1_Scheduler_Call
    {
        .with {
            $0.type = type
            $0.frameworkID = framework.id
            fill(&$0)
        }
    }
}
