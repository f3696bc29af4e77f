import AgentCore
import Cluster
import MesosAPI
import MesosMessages

/// An agent's machine: its core, its disk, its containers, and its side of the link.
struct AgentNode: Sendable {
    let number: Int
    var process = Process()
    var core: AgentCore
    /// What is synced.
    var disk = StoredAgent()
    var inbox: [AgentInput] = []
    var link = AgentLink()
    var containers = SimulatedContainers()

    init(_ number: Int, _ chance: inout Chance) {
        self.number = number
        let size = chance.number(1...4)
        core = AgentCore(configuration: Self.configuration(number, size: size), generator: chance.generatorForCore())
    }

    /// The name that the master gave it.
    var id: AgentID? { core.id }
    var isSubscribed: Bool { core.isSubscribed }

    private static func configuration(_ number: Int, size: Int) -> AgentCoreConfiguration {
        var info = Mesos_V1_AgentInfo()
        info.hostname = "node\(number)"
        info.port = 5051
        let ports = Resource("ports", .ranges(ResourceRanges([31_000...31_099])))
        info.resources =
            Resources([
                Resource("cpus", .scalar(Scalar(thousandths: Int64(size) * 2000))),
                Resource("mem", .scalar(Scalar(thousandths: Int64(size) * 2_048_000))),
                Resource("disk", .scalar(Scalar(thousandths: 10_000_000))), ports,
            ]).messages
        return AgentCoreConfiguration(info: info, version: "1", address: "10.0.0.\(number % 250 + 1)", workDirectory: "/work")
    }
}

extension Simulation {
    mutating func startAgent(_ number: Int) {
        let configuration = agents[number].core.configuration
        agents[number].core = AgentCore(configuration: configuration, generator: chance.generatorForCore())
        agents[number].inbox = []
        agents[number].link = AgentLink()
        let clock = agents[number].process.clock(at: now)
        let found = agents[number].containers.found()
        var effects: [AgentEffect] = []
        agents[number].core.recover(agents[number].disk, found: found, at: clock, effects: &effects)
        agents[number].core.handle(.start, at: clock, effects: &effects)
        carryOut(effects, of: number)
    }

    mutating func crashAgent(_ number: Int, isPowerLoss: Bool) {
        agents[number].inbox = []
        if isPowerLoss {
            agents[number].containers = SimulatedContainers()
        } else {
            loseLaunches(of: number)
        }
    }

    /// Works off one batch, as the agent's shell does; returns the core's next deadline.
    mutating func workAgent(_ number: Int) -> Timestamp? {
        let clock = agents[number].process.clock(at: now)
        let inputs = agents[number].inbox
        agents[number].inbox = []
        var effects: [AgentEffect] = []
        for input in inputs {
            note("agent-\(number) < \(Words.of(input))")
            agents[number].core.handle(input, at: clock, effects: &effects)
            checkers.agentHeard(number, input, core: agents[number].core)
        }
        if let deadline = agents[number].core.nextDeadline, deadline <= clock {
            agents[number].core.handle(.tick, at: clock, effects: &effects)
        }
        carryOut(effects, of: number)
        return agents[number].process.isUp ? agents[number].core.nextDeadline : nil
    }

    /// The disk first, all of it or nothing; then everything else in order. A crash may come before or between.
    private mutating func carryOut(_ decided: [AgentEffect], of number: Int) {
        var effects = decided
        tampering.agent(&effects)
        let isCrash = crashesNow()
        if isCrash, chance.happens(0.5) { return crash(.agent(number)) }
        let changes = effects.compactMap { if case .persist(let change) = $0 { change } else { nil } }
        for change in changes { agents[number].disk.apply(change) }
        checkers.agentStored(number, changes, agents[number].disk)
        let end = isCrash ? chance.number(0...effects.count) : effects.count
        for effect in effects.prefix(end) {
            carryOut(effect, of: number)
            guard agents[number].process.isUp else { return }
        }
        if isCrash { crash(.agent(number), isPowerLoss: false) }
    }

    private mutating func carryOut(_ effect: AgentEffect, of number: Int) {
        switch effect {
        case .persist: break
        case .connect(let connection, let call): dial(number, connection, call)
        case .disconnect(let connection): hangUp(number, connection)
        case .send(let connection, let call): enqueue(call, of: number, connection)
        case .launch(let launch): self.launch(launch, on: number)
        case .signal(let id, _): signal(id, on: number)
        case .destroy(let id): destroy(id, on: number)
        case .update: break
        case .forget(let id): agents[number].containers.forget(id)
        // No custom executor and no check is part of a simulated cluster yet.
        case .openStream, .sendToExecutor, .closeStream, .answer, .probe, .stopProbe: break
        case .abort(let reason): abort(number, because: reason)
        case .stopped: break
        case .log(let line):
            let facts = line.facts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            note("agent-\(number): \(line.message) \(facts)")
        }
    }

    /// The master does not want the agent: the process ends, and whoever looks after it starts it again.
    private mutating func abort(_ number: Int, because reason: String) {
        note("agent-\(number) ends: \(reason)")
        counts.aborts += 1
        crash(.agent(number))
    }
}
