import Cluster
import MesosMessages

/// What a framework keeps on its disk, synced before it tells anybody.
struct StoredFramework: Sendable {
    var id: FrameworkID?
    /// All that has not ended, as far as the framework knows, and what it was told is lost.
    var tasks: [TaskID: ScriptedTask] = [:]
    /// Counts its tasks: no name is ever used twice.
    var launched = 0
}

/// A task as its framework sees it.
struct ScriptedTask: Sendable {
    let id: TaskID
    let agent: AgentID
    var state = Mesos_V1_TaskState.taskStaging
    var isKillWanted = false
}

/// What a scripted framework asks of its shell.
enum FrameworkEffect: Sendable {
    case subscribe(number: UInt64, Mesos_V1_Scheduler_Call)
    case post(Mesos_V1_Scheduler_Call)
    case disconnect
    case log(String)
}

/// A framework as a state machine, in the same way as the cores: it subscribes, answers offers, acknowledges and
/// reconciles as the Mesos documents say a scheduler should, and plays its character.
struct ScriptedFramework: Sendable {
    enum Link: Sendable {
        case paused(until: Timestamp)
        case dialing(until: Timestamp)
        case subscribed(silentAt: Timestamp)

        var isSubscribed: Bool { if case .subscribed = self { true } else { false } }
    }

    let traits: FrameworkTraits
    var stored: StoredFramework
    var chance: Chance
    var link = Link.paused(until: Timestamp(nanoseconds: .min))
    /// The number of the newest subscription.
    var number: UInt64 = 0
    var failures = 0
    var heldOffers: [(until: Timestamp, offer: Mesos_V1_Offer)] = []
    var lateAcknowledgements: [(due: Timestamp, call: Mesos_V1_Scheduler_Call)] = []
    var reconciliation = Reconciliation()
    var nextErrand = Timestamp(nanoseconds: .max)
    /// The executors that it started last, by agent.
    var executors: [AgentID: Mesos_V1_ExecutorInfo] = [:]
    var isSuppressed = false
    var isResting = false
    var isDraining = false
    var effects: [FrameworkEffect] = []

    init(_ traits: FrameworkTraits, stored: StoredFramework, chance: Chance) {
        self.traits = traits
        self.stored = stored
        self.chance = chance
    }

    /// Launches nothing more; with `drains` it ends what it has.
    mutating func rest(drains: Bool) {
        isResting = true
        isDraining = drains
        nextErrand = Timestamp(nanoseconds: .min)
    }

    var nextDeadline: Timestamp? {
        let linkDeadline: Timestamp =
            switch link {
            case .paused(let until), .dialing(let until): until
            case .subscribed(let silentAt): silentAt
            }
        guard link.isSubscribed else { return linkDeadline }
        let others = [reconciliation.due, nextErrand] + heldOffers.map(\.until) + lateAcknowledgements.map(\.due)
        return others.reduce(linkDeadline, min)
    }

    // MARK: The stream

    mutating func tick(at now: Timestamp) {
        switch link {
        case .paused(let until): if until <= now { dial(at: now) }
        case .dialing(let until): if until <= now { leave(at: now) }
        case .subscribed(let silentAt):
            guard silentAt > now else { return leave(at: now) }
            reconcileIfDue(at: now)
            acknowledgeLate(at: now)
            decideHeldOffers(at: now)
            if nextErrand <= now { runErrand(at: now) }
        }
    }

    private mutating func dial(at now: Timestamp) {
        number += 1
        link = .dialing(until: now + .seconds(15))
        var call = Mesos_V1_Scheduler_Call()
        call.type = .subscribe
        call.subscribe.frameworkInfo = traits.info(stored.id)
        if let id = stored.id { call.frameworkID.value = id.value }
        effects.append(.subscribe(number: number, call))
    }

    /// Gives the stream up and dials again after a pause that grows.
    mutating func leave(at now: Timestamp) {
        effects.append(.disconnect)
        failures += 1
        let limit = min(Duration.milliseconds(500) * (1 << min(failures, 6)), .seconds(15))
        link = .paused(until: now + chance.time(in: limit / 2...limit))
        heldOffers = []
        lateAcknowledgements = []
    }

    mutating func receive(_ event: Mesos_V1_Scheduler_Event, at now: Timestamp) {
        if link.isSubscribed { link = .subscribed(silentAt: now + Self.silence) }
        switch event.type {
        case .subscribed: subscribed(FrameworkID(event.subscribed.frameworkID.value), at: now)
        case .offers: for offer in event.offers.offers { consider(offer, at: now) }
        case .rescind: heldOffers.removeAll { $0.offer.id == event.rescind.offerID }
        case .update: take(event.update.status, at: now)
        case .error: refused(event.error.message, at: now)
        default: break
        }
    }

    private mutating func subscribed(_ id: FrameworkID, at now: Timestamp) {
        stored.id = id
        link = .subscribed(silentAt: now + Self.silence)
        failures = 0
        isSuppressed = false
        reconciliation.begin(of: stored.tasks.keys, at: now)
        nextErrand = now + chance.time(mean: .seconds(5))
    }

    /// The master wants this framework no more: it becomes a new one, and what it had is over.
    private mutating func refused(_ message: String, at now: Timestamp) {
        effects.append(.log("is refused: \(message)"))
        if message.contains("was removed") {
            stored.id = nil
            stored.tasks = [:]
            executors = [:]
        }
        leave(at: now)
    }

    /// Five heartbeats that did not come.
    private static let silence = Duration.seconds(75)

    // MARK: Calls

    mutating func post(_ type: Mesos_V1_Scheduler_Call.TypeEnum, _ fill: (inout Mesos_V1_Scheduler_Call) -> Void = { _ in }) {
        guard let id = stored.id else { return }
        var call = Mesos_V1_Scheduler_Call()
        call.type = type
        call.frameworkID.value = id.value
        fill(&call)
        effects.append(.post(call))
    }
}
