/// All that decides how a simulation goes: the same value gives the same history, byte for byte.
public struct SimulationOptions: Sendable, Hashable {
    /// Decides everything that is left to chance.
    public var seed: UInt64 = 1
    /// How many machines run an agent; at least 1.
    public var agents = 3
    /// How many frameworks there are; at least 1.
    public var frameworks = 3
    /// How long faults happen and frameworks launch; then all is healed and must come to rest.
    public var duration: Duration = .seconds(3600)
    /// How often what goes wrong.
    public var faults = FaultOptions.light
    /// How much frameworks want.
    public var work = WorkOptions()
    /// Whether ``SimulationReport/history`` tells everything, or only the last events.
    public var keepsHistory = false

    /// A small cluster with light faults for an hour.
    public init() {}

    /// How long a healed cluster may take until nothing is left to be done. Longer than anybody waits before asking
    /// again: an agent repeats an update after ten minutes at the latest, a scheduler reconciles every five.
    public static let restLimit = Duration.seconds(1800)
    /// The most machines and the most frameworks of one simulation.
    public static let maximumParties = 10_000
}

/// How much frameworks want.
public struct WorkOptions: Sendable, Hashable {
    /// How many tasks each framework wants to have at once.
    public var tasksPerFramework = 6
    /// How long a task runs on average if nobody ends it.
    public var taskTime: Duration = .seconds(120)

    /// How the frameworks behave, one after the other and then from the first again; at least one.
    public var characters = Character.allCases

    /// Some tasks of some minutes.
    public init() {}
}
