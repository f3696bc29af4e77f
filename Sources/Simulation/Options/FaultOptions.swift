/// How often what goes wrong. Ratios are between 0 and 1; rates count per hour and machine or process; times are in
/// seconds, on average.
public struct FaultOptions: Sendable, Hashable {
    // The network. A connection delivers what it delivers in order and once; it is lost as a whole.

    /// Connections that break, per hour and machine; what was on its way is lost from some point on.
    public var connectionBreaks = 0.0
    /// Of the broken ones, those of which one side hears nothing until ``silence`` is over.
    public var unnoticedBreaks = 0.0
    /// How long a side that hears nothing believes in its connection.
    public var silence = 300.0
    /// Requests that never arrive; their sender is told that the connection broke.
    public var lostRequests = 0.0
    /// Answers that are lost after the call was carried out.
    public var lostAnswers = 0.0
    /// Of the lost requests, those that arrive after all, long after their sender gave up.
    public var lateRequests = 0.0
    /// Calls of schedulers that are sent beside those before them instead of after them, and so may overtake them.
    public var overtakingCalls = 0.0
    /// Messages that take as long as ``slowness`` instead of milliseconds.
    public var slowMessages = 0.0
    /// How long slow messages take at most.
    public var slowness = 2.0
    /// Partitions between a machine and the master, per hour and machine.
    public var partitions = 0.0
    /// Of the partitions, those that stop one direction only.
    public var oneWayPartitions = 0.0
    /// How long a partition lasts.
    public var partitionTime = 60.0

    // The processes.

    /// Crashes of the master, per hour.
    public var masterCrashes = 0.0
    /// Crashes of an agent's process, per hour and agent; its containers live on.
    public var agentCrashes = 0.0
    /// Power losses of a machine, per hour and agent; its containers are gone.
    public var reboots = 0.0
    /// Crashes of a scheduler, per hour and framework; its successor goes on from its disk.
    public var frameworkCrashes = 0.0
    /// How long a crashed process is away.
    public var downtime = 15.0
    /// Batches of work in whose middle a process crashes: before its disk is synced, or after some of the effects.
    public var crashesInBatch = 0.0
    /// Pauses of a process, per hour and process: it stands still, and much waits for it afterwards.
    public var pauses = 0.0
    /// How long a pause lasts.
    public var pauseTime = 20.0
    /// Jumps of a machine's clock ahead, per hour and process.
    public var clockJumps = 0.0
    /// How far a clock jumps.
    public var clockJumpTime = 30.0

    // The containers.

    /// Launches that fail.
    public var launchFailures = 0.0
    /// Programs that end with a status that is not 0.
    public var programFailures = 0.0
    /// Programs that the kernel kills because they need too much memory.
    public var memoryExhaustions = 0.0
    /// Programs that pass over SIGTERM.
    public var stubbornPrograms = 0.0
    /// Containers that take as long as ``deathTime`` to die.
    public var slowDeaths = 0.0
    /// How long a slow death takes.
    public var deathTime = 20.0

    // The schedulers.

    /// Launches that ask for more than was offered, or for an offer that is gone.
    public var badLaunches = 0.0

    /// Nothing goes wrong.
    public init() {}
}

extension FaultOptions {
    /// Nothing goes wrong but what programs do themselves.
    public static let none = FaultOptions()

    /// What a good day brings.
    public static let light = FaultOptions {
        $0.connectionBreaks = 2
        $0.unnoticedBreaks = 0.2
        $0.lostRequests = 0.001
        $0.lostAnswers = 0.001
        $0.lateRequests = 0.1
        $0.slowMessages = 0.005
        $0.partitions = 1
        $0.oneWayPartitions = 0.3
        $0.masterCrashes = 0.5
        $0.agentCrashes = 1
        $0.reboots = 0.2
        $0.frameworkCrashes = 1
        $0.crashesInBatch = 0.0005
        $0.pauses = 1
        $0.clockJumps = 0.5
        $0.launchFailures = 0.02
        $0.programFailures = 0.1
        $0.memoryExhaustions = 0.01
        $0.stubbornPrograms = 0.1
        $0.slowDeaths = 0.05
        $0.badLaunches = 0.01
    }

    /// Everything at once.
    public static let heavy = FaultOptions {
        $0.connectionBreaks = 20
        $0.unnoticedBreaks = 0.4
        $0.lostRequests = 0.02
        $0.lostAnswers = 0.02
        $0.lateRequests = 0.3
        $0.overtakingCalls = 0.2
        $0.slowMessages = 0.05
        $0.partitions = 8
        $0.oneWayPartitions = 0.5
        $0.partitionTime = 90
        $0.masterCrashes = 4
        $0.agentCrashes = 8
        $0.reboots = 2
        $0.frameworkCrashes = 6
        $0.crashesInBatch = 0.005
        $0.pauses = 6
        $0.pauseTime = 40
        $0.clockJumps = 4
        $0.clockJumpTime = 120
        $0.launchFailures = 0.15
        $0.programFailures = 0.3
        $0.memoryExhaustions = 0.05
        $0.stubbornPrograms = 0.3
        $0.slowDeaths = 0.2
        $0.badLaunches = 0.05
    }

    private init(_ change: (inout FaultOptions) -> Void) {
        self.init()
        change(&self)
    }
}
