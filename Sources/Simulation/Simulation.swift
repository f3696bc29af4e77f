public import Cluster

/// A whole cluster in virtual time: a real master core, real agent cores, and scripted frameworks, on one thread.
///
/// One seed decides everything: how long messages take, which are lost, who crashes when, how programs end. After every
/// step the checkers look whether a promise was broken; the first broken one ends the simulation.
public struct Simulation: Sendable {
    /// What decides everything.
    public let options: SimulationOptions
    /// The true time; processes may see another one.
    public internal(set) var now = Simulation.beginning

    var chance: Chance
    var agenda = Agenda()
    var network = Network()
    var master: MasterNode
    var agents: [AgentNode]
    var frameworks: [FrameworkNode]
    var phase = Phase.faulty
    var history: History
    var checkers = Checkers()
    var counts = SimulationCounts()
    /// Changes what the cores decide: only to see that the checkers notice.
    package var tampering = Tampering()

    /// What the simulation is about at a time.
    enum Phase: Sendable {
        /// Frameworks launch, and things go wrong.
        case faulty
        /// Nothing goes wrong any more, nothing new is launched.
        case healing
        /// Frameworks end all they have.
        case draining
    }

    /// When every simulation begins.
    public static let beginning = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    /// A cluster in which nothing has happened.
    public init(_ options: SimulationOptions) {
        self.options = options
        chance = Chance(seed: options.seed, purpose: 0)
        history = History(keepsAll: options.keepsHistory)
        master = MasterNode()
        agents = []
        frameworks = []
        for number in 0..<max(1, options.agents) { agents.append(AgentNode(number, &chance)) }
        for number in 0..<max(1, options.frameworks) { frameworks.append(FrameworkNode(number, options.work, options.faults, &chance)) }
    }

    /// Lets everything happen, and tells what became of it.
    public mutating func run() -> SimulationReport {
        begin()
        pass(until: now + options.duration)
        guard !checkers.isBroken else { return report() }
        heal()
        settle(until: now + SimulationOptions.restLimit, as: "come to rest") { $0.checkers.rest.unrest(in: $0) }
        guard !checkers.isBroken else { return report() }
        drain()
        settle(until: now + SimulationOptions.restLimit, as: "become empty") { $0.checkers.emptiness.rest(in: $0) }
        return report()
    }

    /// Plans the first steps of all.
    package mutating func begin() {
        start(.master)
        for number in agents.indices { agenda.add(.relief(.restart(.agent(number), life: 0)), at: now + soon()) }
        for number in frameworks.indices { agenda.add(.relief(.restart(.framework(number), life: 0)), at: now + soon()) }
        for party in parties { planFaults(of: party) }
    }

    /// Lets happen what happens until a moment, or until a promise is broken.
    package mutating func pass(until end: Timestamp) {
        while !checkers.isBroken, let (moment, occurrence) = agenda.next(until: end) {
            now = max(now, moment)
            counts.events += 1
            happen(occurrence)
        }
        if !checkers.isBroken { now = max(now, end) }
    }

    private mutating func happen(_ occurrence: Occurrence) {
        switch occurrence {
        case .work(let party, let life): work(party, life: life)
        case .request(let exchange): requestArrives(exchange)
        case .answer(let exchange, let status): answerArrives(exchange, status)
        case .delivery(let connection): itemArrives(connection)
        case .masterNotices(let connection): masterNotices(connection)
        case .container(let agent, let step): containerSteps(agent, step)
        case .fault(let fault): happen(fault)
        case .relief(let relief): happen(relief)
        }
    }

    /// Goes on until `problems` finds none; those that are left at the end break a promise.
    private mutating func settle(until end: Timestamp, as what: String, problems: (Simulation) -> [String]) {
        let start = now
        var rest: [String] = []
        while !checkers.isBroken, now < end {
            pass(until: now + .seconds(10))
            rest = problems(self)
            if rest.isEmpty {
                counts.settled.append((what, now - start))
                return
            }
        }
        for problem in rest { checkers.fail("the cluster did not \(what) in \((now - start) / .seconds(60)) minutes: \(problem)") }
    }

    var parties: [Party] {
        [.master] + agents.indices.map { .agent($0) } + frameworks.indices.map { .framework($0) }
    }

    /// The start of anything takes a moment.
    mutating func soon() -> Duration { chance.time(in: .milliseconds(1) ... .milliseconds(500)) }

    mutating func note(_ text: @autoclosure @escaping @Sendable () -> String) {
        history.add(now - Self.beginning, text)
    }
}
