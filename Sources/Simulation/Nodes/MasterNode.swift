import Cluster
import MasterCore
import MesosAPI
import MesosMessages

/// The master's process: its core, its disk, and what has come in for it.
struct MasterNode: Sendable {
    var process = Process()
    var core = MasterNode.core(life: 0, recovering: Registry(), at: Simulation.beginning)
    /// What is synced.
    var registry = Registry()
    var inbox: [MasterInput] = []
    /// Requests that wait for an answer.
    var unanswered: Set<UInt64> = []

    /// Every master has a name of its own, as real ones draw one at random.
    static func core(life: UInt64, recovering registry: Registry, at now: Timestamp) -> MasterCore {
        var info = Mesos_V1_MasterInfo()
        info.id = "M\(life)"
        info.ip = 16_777_343
        info.port = 5050
        info.hostname = "master"
        return MasterCore(MasterCoreConfiguration(masterInfo: info), recovering: registry, at: now)
    }
}

extension Simulation {
    mutating func startMaster() {
        let clock = master.process.clock(at: now)
        master.core = MasterNode.core(life: master.process.life, recovering: master.registry, at: clock)
        master.inbox = []
        master.unanswered = []
        checkers.masterStarted()
    }

    /// Its machine resets its connections.
    mutating func crashMaster() {
        for id in network.connections.keys.sorted() where network.connections[id]?.isOpenAtMaster == true {
            send(.end, on: id)
            network.connections[id]?.isOpenAtMaster = false
            network.tidy(connection: id)
        }
        for id in master.unanswered.sorted() { agenda.add(.answer(exchange: id, status: nil), at: now + delay()) }
        master.unanswered = []
        master.inbox = []
    }

    /// Works off one batch, as the master's shell does; returns the core's next deadline.
    mutating func workMaster() -> Timestamp? {
        let clock = master.process.clock(at: now)
        let inputs = master.inbox
        master.inbox = []
        var effects: [MasterEffect] = []
        for input in inputs {
            note("master < \(Words.of(input))")
            checkers.masterHears(input, core: master.core)
            master.core.handle(input, at: clock, effects: &effects)
        }
        if let deadline = master.core.nextDeadline, deadline <= clock { master.core.handle(.tick, at: clock, effects: &effects) }
        tampering.master(&effects, &master.core)
        checkers.masterWorked(master.core, effects, at: clock)
        return carryOut(effects) ? master.core.nextDeadline : nil
    }

    /// The disk first, all of it or nothing; then everything else in order. A crash may come before or between: then
    /// false.
    private mutating func carryOut(_ effects: [MasterEffect]) -> Bool {
        let isCrash = crashesNow()
        if isCrash, chance.happens(0.5) {
            crash(.master)
            return false
        }
        for case .persist(let change) in effects { master.registry.apply(change) }
        for effect in effects.prefix(isCrash ? chance.number(0...effects.count) : effects.count) { carryOut(effect) }
        if isCrash { crash(.master) }
        return !isCrash
    }

    private mutating func carryOut(_ effect: MasterEffect) {
        switch effect {
        case .persist, .greetOperators, .tellOperators, .closeOperatorStream: break
        case .abort(let reason): note("master cannot go on: \(reason)")
        case .sendToScheduler(let stream, let event): send(.scheduler(event.message), on: stream.number)
        case .sendToAgent(let stream, let event): send(.agent(event.message), on: stream.number)
        case .closeStream(let stream): closeAtMaster(stream.number)
        case .answer(let reply, let status, _):
            guard let reply = reply as? ExchangeReply, master.unanswered.remove(reply.exchange) != nil else { return }
            masterAnswers(reply.exchange, status)
        case .log(let notice):
            note("master: \(notice.message) \(notice.subjects.map { "\($0.name)=\($0.value)" }.joined(separator: " "))")
        }
    }
}
