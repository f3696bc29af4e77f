import Cluster
import MesosMessages

/// A scheduler's process: its script, its disk, and its side of the connection.
struct FrameworkNode: Sendable {
    let number: Int
    var process = Process()
    var script: ScriptedFramework
    /// What is synced.
    var disk = StoredFramework()
    var inbox: [Mesos_V1_Scheduler_Event] = []
    var link = FrameworkLink()

    init(_ number: Int, _ work: WorkOptions, _ faults: FaultOptions, _ chance: inout Chance) {
        self.number = number
        let traits = FrameworkTraits(number, work, faults, &chance)
        script = ScriptedFramework(traits, stored: disk, chance: Chance(seed: chance.next(), purpose: 2))
    }
}

/// The stream and the calls beside it: one after another, but for those that overtake.
struct FrameworkLink: Sendable {
    var number: UInt64 = 0
    var subscribing: UInt64?
    var connection: UInt64?
    var token: String?
    var queue: [Mesos_V1_Scheduler_Call] = []
    var calling: UInt64?
    /// Calls sent beside the others.
    var overtaking: Set<UInt64> = []
    var isOver = true
}

extension Simulation {
    mutating func startFramework(_ number: Int) {
        let old = frameworks[number].script
        var script = ScriptedFramework(old.traits, stored: frameworks[number].disk, chance: old.chance)
        script.number = old.number
        if phase != .faulty { script.rest(drains: phase == .draining) }
        frameworks[number].script = script
        frameworks[number].inbox = []
        frameworks[number].link = FrameworkLink()
    }

    mutating func workFramework(_ number: Int) -> Timestamp? {
        let clock = frameworks[number].process.clock(at: now)
        let events = frameworks[number].inbox
        frameworks[number].inbox = []
        for event in events {
            if event.type != .heartbeat { note("framework-\(number) < \(Words.of(event))") }
            frameworks[number].script.receive(event, at: clock)
            checkers.frameworkHeard(number, event, script: frameworks[number].script)
        }
        frameworks[number].script.tick(at: clock)
        let effects = frameworks[number].script.effects
        frameworks[number].script.effects = []
        let isCrash = crashesNow()
        if isCrash, chance.happens(0.5) {
            crash(.framework(number))
            return nil
        }
        frameworks[number].disk = frameworks[number].script.stored
        let end = isCrash ? chance.number(0...effects.count) : effects.count
        for effect in effects.prefix(end) { carryOut(effect, of: number) }
        if isCrash {
            crash(.framework(number))
            return nil
        }
        return frameworks[number].script.nextDeadline
    }

    private mutating func carryOut(_ effect: FrameworkEffect, of number: Int) {
        switch effect {
        case .subscribe(let connection, let call):
            leave(number)
            frameworks[number].link = FrameworkLink()
            frameworks[number].link.number = connection
            frameworks[number].link.isOver = false
            note("framework-\(number) subscribes\(call.hasFrameworkID ? " as \(call.frameworkID.value)" : "")")
            frameworks[number].link.subscribing = post(.scheduler(call, token: nil), by: .framework(number), number: connection)
        case .post(let call):
            guard !frameworks[number].link.isOver else { return }
            frameworks[number].link.queue.append(call)
            callNext(number)
        case .disconnect: leave(number)
        case .log(let line): note("framework-\(number) \(line)")
        }
    }

    private mutating func callNext(_ number: Int) {
        while let call = frameworks[number].link.queue.first, let token = frameworks[number].link.token {
            let isOvertaking = call.mayOvertake && phase == .faulty && chance.happens(options.faults.overtakingCalls)
            guard isOvertaking || frameworks[number].link.calling == nil else { return }
            frameworks[number].link.queue.removeFirst()
            note("framework-\(number) > \(Words.of(call))")
            checkers.frameworkCalls(number, call)
            let link = frameworks[number].link.number
            let exchange = post(.scheduler(call, token: token), by: .framework(number), number: link)
            if isOvertaking { frameworks[number].link.overtaking.insert(exchange) } else { frameworks[number].link.calling = exchange }
        }
    }

    mutating func frameworkHears(_ number: Int, _ item: StreamItem, on id: UInt64, _ connection: Connection) {
        let link = frameworks[number].link
        guard link.number == connection.number, !link.isOver else { return closeAtClient(id) }
        switch item {
        case .opened:
            frameworks[number].link.subscribing = nil
            frameworks[number].link.connection = id
            frameworks[number].link.token = connection.token
        case .scheduler(let event):
            frameworks[number].inbox.append(event)
            wakeSoon(.framework(number))
        case .end: giveUpLink(number)
        case .agent: break
        }
    }

    /// A scheduler of which a call failed does not know what was heard of it: it subscribes anew, as Mesos's own library does.
    mutating func frameworkHearsAnswer(_ number: Int, _ id: UInt64, _ exchange: Exchange, _ status: Int?) {
        let link = frameworks[number].link
        guard link.number == exchange.number, !link.isOver else { return }
        guard let status, (200..<300).contains(status) else {
            note("framework-\(number): a call \(status.map { "is answered \($0)" } ?? "fails")")
            return giveUpLink(number)
        }
        if link.calling == id { frameworks[number].link.calling = nil }
        frameworks[number].link.overtaking.remove(id)
        callNext(number)
    }

    private mutating func giveUpLink(_ number: Int) {
        leave(number)
        frameworks[number].inbox = []
        frameworks[number].script.leave(at: frameworks[number].process.clock(at: now))
        wakeSoon(.framework(number))
    }

    private mutating func leave(_ number: Int) {
        let link = frameworks[number].link
        frameworks[number].link.isOver = true
        if let exchange = link.subscribing { abandon(exchange) }
        if let connection = link.connection { closeAtClient(connection) }
    }
}

extension Mesos_V1_Scheduler_Call {
    /// Calls that depend on none before them. What is launched must be known before it is asked for or killed.
    fileprivate var mayOvertake: Bool {
        switch type {
        case .acknowledge, .decline: true
        default: false
        }
    }
}
