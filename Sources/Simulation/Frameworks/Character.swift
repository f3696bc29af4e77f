import Cluster
import MesosMessages

/// How a scripted framework behaves; the frameworks of a simulation take those of ``WorkOptions/characters`` in turn.
public enum Character: String, Sendable, CaseIterable {
    /// Launches tasks of a command on whatever it is offered.
    case greedy
    /// Launches groups of tasks, some of them in executors that run.
    case grouper
    /// Launches, and kills soon and often.
    case killer
    /// Declines most offers, for shorter or longer.
    case choosy
    /// Suppresses offers when it has enough, and revives.
    case drowsy
    /// Acknowledges late, sometimes only when an update comes again.
    case tardy
}

/// What is fixed of a scripted framework.
struct FrameworkTraits: Sendable {
    let number: Int
    let character: Character
    let isPartitionAware: Bool
    let knowsKilling: Bool
    /// How long the master keeps what the framework has while it is away.
    let failoverTimeout: Duration
    let work: WorkOptions
    let badLaunches: Double

    init(_ number: Int, _ work: WorkOptions, _ faults: FaultOptions, _ chance: inout Chance) {
        self.number = number
        character = work.characters[number % work.characters.count]
        isPartitionAware = chance.happens(0.6)
        knowsKilling = chance.happens(0.5)
        failoverTimeout = chance.happens(0.8) ? .seconds(chance.number(60...3600)) : .seconds(chance.number(0...10))
        self.work = work
        badLaunches = faults.badLaunches
    }

    func info(_ id: FrameworkID?) -> Mesos_V1_FrameworkInfo {
        var info = Mesos_V1_FrameworkInfo()
        info.name = "framework-\(number)"
        info.user = "root"
        info.roles = ["role-\(number % 3)"]
        info.checkpoint = true
        info.failoverTimeout = Double(failoverTimeout.clampedNanoseconds) / 1e9
        if let id { info.id.value = id.value }
        var types: [Mesos_V1_FrameworkInfo.Capability.TypeEnum] = [.multiRole]
        if isPartitionAware { types.append(.partitionAware) }
        if knowsKilling { types.append(.taskKillingState) }
        info.capabilities = types.map { type in
            var capability = Mesos_V1_FrameworkInfo.Capability()
            capability.type = type
            return capability
        }
        return info
    }
}
