import Cluster

/// What was counted in a simulation.
public struct SimulationCounts: Sendable {
    /// Steps of all kinds.
    public internal(set) var events = 0
    /// Calls of agents and schedulers.
    public internal(set) var requests = 0
    /// Calls, answers and events that the network lost.
    public internal(set) var losses = 0
    /// Faults that were planned by the hour.
    public internal(set) var faults = 0
    /// Crashes, those in the middle of a batch too.
    public internal(set) var crashes = 0
    /// Agents that their master refused.
    public internal(set) var aborts = 0
    /// Offers that were made.
    public internal(set) var offers = 0
    /// Tasks that agents began.
    public internal(set) var tasks = 0
    /// Status updates that schedulers heard for the first time.
    public internal(set) var updates = 0
    /// How long the cluster took after the faults, by what it was to become.
    public internal(set) var settled: [(goal: String, time: Duration)] = []
}

/// How a simulation went.
public struct SimulationReport: Sendable {
    /// What decided it.
    public let options: SimulationOptions
    /// The promises that were broken; none if all is well.
    public let violations: [String]
    /// What was counted.
    public let counts: SimulationCounts
    /// How long it was for those in it.
    public let virtualTime: Duration
    /// The last events, oldest first.
    public let lastEvents: [String]
    /// All events, if `options` keep them.
    public let history: [String]

    /// Whether every promise was kept.
    public var isGood: Bool { violations.isEmpty }

    /// What is printed of a simulation in which a promise was broken: what it was, the last events, and how to see it again.
    public var failureText: String {
        (["broken promises of seed \(options.seed):"] + violations.map { "  \($0)" } + ["the last events:"] + lastEvents.map { "  \($0)" }
            + ["to see it again:", "  \(options.command)"]).joined(separator: "\n")
    }
}

extension Simulation {
    /// What there is to tell so far.
    package func report() -> SimulationReport {
        var counts = counts
        counts.offers = checkers.offers.count
        counts.tasks = checkers.groups.tasks
        counts.updates = checkers.updates.heard
        return SimulationReport(
            options: options,
            violations: checkers.violations,
            counts: counts,
            virtualTime: now - Self.beginning,
            lastEvents: history.last,
            history: history.all
        )
    }
}
