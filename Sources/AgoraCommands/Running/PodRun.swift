import Cluster
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// The life of one pod as its framework sees it, without I/O: events of the master and wishes of the user go in, calls
/// and notes come out.
///
/// | phase | left by |
/// |---|---|
/// | waiting | an offer that suffices → launched; Ctrl-C → ended |
/// | launched | every task terminal → ended; detached and every task running → ended; the agent never got it → waiting |
/// | ended | nothing; what comes late is acknowledged |
struct PodRun {
    /// What happens to the run.
    enum Input {
        case event(Mesos_V1_Scheduler_Event)
        /// A moment has passed without an offer that suffices.
        case waited
        /// Ctrl-C, once more.
        case interrupted
        /// The master does not have us back, or refused a call.
        case refused(String)
    }

    /// What is to be done about it, in order.
    enum Effect {
        case send(Mesos_V1_Scheduler_Call)
        /// For the user, on standard error.
        case note(String)
        /// Ask the master why no offer suffices, and tell the user.
        case explain(FrameworkQuestion)
        /// Show a task's output from now on.
        case follow(TaskSandbox)
        /// The task's output grows no more.
        case drain(TaskID)
        case end(PodOutcome)
    }

    /// A task that was launched.
    struct Task {
        let name: String
        var state = Mesos_V1_TaskState.taskStaging
        var isFollowed = false
        /// Whether any word of it came from its agent.
        var wasSeen = false
        /// Set once it has ended.
        var end: TaskEnd?
    }

    enum Phase {
        case waiting
        case launched(Placement)
        case ended
    }

    /// How often a pod is offered to another agent when one did not take it.
    static let maximumAttempts = 5

    let options: PodRunOptions
    let launch: PodLaunch
    var phase = Phase.waiting
    var tasks: [TaskID: Task] = [:]
    private(set) var frameworkID: Mesos_V1_FrameworkID?
    var interruptions = 0
    var attempts = 0
    /// What notes about waiting said, so that they are not repeated.
    var toldWaits: Set<String> = []
    /// The first task that failed, which decides how the pod ended.
    var firstFailure: TaskEnd?
    /// Makes the ids of each attempt differ.
    let makeSuffix: () -> String

    init(_ launch: PodLaunch, options: PodRunOptions, makeSuffix: @escaping () -> String) {
        self.launch = launch
        self.options = options
        self.makeSuffix = makeSuffix
    }

    /// The call that opens the stream; again after the connection was lost.
    func subscription() -> Mesos_V1_Scheduler_Call {
        var info = options.framework(for: launch)
        if let frameworkID { info.id = frameworkID }
        return .with {
            $0.type = .subscribe
            if let frameworkID { $0.frameworkID = frameworkID }
            $0.subscribe.frameworkInfo = info
            if let constraints = launch.selector.constraints(role: options.role) { $0.subscribe.offerConstraints = constraints }
            if case .waiting = phase { return }
            $0.subscribe.suppressedRoles = info.roles
        }
    }

    mutating func handle(_ input: Input) -> [Effect] {
        switch input {
        case .event(let event): handle(event)
        case .waited: noteWaiting(seen: nil) + explanation()
        case .interrupted: interrupted()
        case .refused(let reason): end(.failed(reason))
        }
    }

    private mutating func handle(_ event: Mesos_V1_Scheduler_Event) -> [Effect] {
        switch event.type {
        case .subscribed: return subscribed(event.subscribed)
        case .offers: return offered(event.offers.offers)
        case .update: return updated(event.update.status)
        case .error: return end(.failed("the master ended the run: \(event.error.message)"))
        case .failure: return failed(event.failure)
        case .unknown, .inverseOffers, .rescind, .rescindInverseOffer, .updateOperationStatus, .message, .heartbeat: return []
        }
    }

    private mutating func subscribed(_ event: Mesos_V1_Scheduler_Event.Subscribed) -> [Effect] {
        frameworkID = event.frameworkID
        guard case .launched(let placement) = phase else { return [] }
        // What happened while nobody listened: the master tells it again, and a kill may have been lost.
        let open = tasks.filter { $0.value.end == nil }.map(\.key).sorted()
        let reconcile = call(.reconcile) { call in
            call.reconcile.tasks = open.map { task in
                .with {
                    $0.taskID.value = task.value
                    $0.agentID = placement.agentID
                }
            }
        }
        return [.send(reconcile)] + (interruptions > 0 ? kills() : [])
    }

    private mutating func failed(_ failure: Mesos_V1_Scheduler_Event.Failure) -> [Effect] {
        guard case .launched(let placement) = phase, failure.hasAgentID, !failure.hasExecutorID, failure.agentID == placement.agentID else {
            return []
        }
        return [.note("the machine \(placement.hostname) is gone, and what ran there")]
    }

    /// A call of this framework.
    func call(_ type: Mesos_V1_Scheduler_Call.TypeEnum, _ fill: (inout Mesos_V1_Scheduler_Call) -> Void = { _ in })
        -> Mesos_V1_Scheduler_Call
    {
        .with {
            $0.type = type
            if let frameworkID { $0.frameworkID = frameworkID }
            fill(&$0)
        }
    }

    mutating func end(_ outcome: PodOutcome) -> [Effect] {
        if case .ended = phase { return [] }
        phase = .ended
        return [.end(outcome)]
    }
}

/// How a run of a pod ended.
enum PodOutcome: Hashable {
    /// Every task ended; the status for the shell.
    case exited(Int32)
    /// Everything runs and nobody waits for it.
    case detached([TaskID])
    /// The user did not want to wait any longer.
    case interrupted
    /// The pod could not be run, or the connection was lost for good.
    case failed(String)
}

/// Where a pod runs.
struct Placement: Hashable {
    let agentID: Mesos_V1_AgentID
    let hostname: String
    /// Where the agent's API is, as the offer says.
    let agent: Endpoint
    /// The executor's id; for a single task its own.
    let executorID: String
}
