import ArgumentParser
import Master
import MasterCore

/// How a master keeps its registry.
enum RegistryKind: String, ExpressibleByArgument, CaseIterable {
    case sqlite
    case inMemory = "in_memory"
}

/// How patient a master is with its agents, and how long it remembers them; the names are those of Mesos.
struct AgentCareOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How often agents and master tell each other that they live.", valueName: "duration"))
    var agentPingTimeout = DurationArgument(.seconds(15))
    @Option(help: ArgumentHelp("After so many silent intervals an agent is unreachable.", valueName: "count"))
    var maxAgentPingTimeouts = 5
    @Option(help: ArgumentHelp("How long agents may take to come back after a restart of the master.", valueName: "duration"))
    var agentReregisterTimeout = DurationArgument(.seconds(600))
    @Option(
        help: ArgumentHelp(
            "How fast frameworks without PARTITION_AWARE are told that tasks of unreachable agents are lost, as 1/10mins: one agent in 10 minutes.",
            valueName: "rate"
        )
    )
    var agentRemovalRateLimit: RateArgument?
    @Option(
        help: ArgumentHelp("How many of the agents may be missing after a restart; with more the master ends.", valueName: "percentage")
    )
    var recoveryAgentRemovalLimit = PercentageArgument(percent: 100)
    @Option(help: ArgumentHelp("How long unreachable and gone agents are remembered.", valueName: "duration"))
    var registryMaxAgentAge = DurationArgument(.seconds(14 * 86_400))
    @Option(help: ArgumentHelp("How many unreachable, and how many gone agents are remembered.", valueName: "count"))
    var registryMaxAgentCount = 102_400
    @Option(help: ArgumentHelp("How often agents that are too old to be remembered are looked for.", valueName: "duration"))
    var registryGcInterval = DurationArgument(.seconds(900))

    func validate() throws {
        let durations = [
            ("--agent-ping-timeout", agentPingTimeout), ("--agent-reregister-timeout", agentReregisterTimeout),
            ("--registry-max-agent-age", registryMaxAgentAge), ("--registry-gc-interval", registryGcInterval),
        ]
        for (name, duration) in durations where duration.duration <= .zero {
            throw ValidationError("\(name) must be above zero, as 10s.")
        }
        for (name, count) in [("--max-agent-ping-timeouts", maxAgentPingTimeouts), ("--registry-max-agent-count", registryMaxAgentCount)] {
            guard (1...10_000_000).contains(count) else { throw ValidationError("\(name) must be at least 1.") }
        }
    }

    func apply(to configuration: inout MasterConfiguration) {
        configuration.agentHeartbeatInterval = agentPingTimeout.duration
        configuration.missedAgentHeartbeats = maxAgentPingTimeouts
        configuration.agentReregisterTimeout = agentReregisterTimeout.duration
        configuration.agentRemovalRateLimit = agentRemovalRateLimit?.limit
        configuration.recoveryRemovalLimit = recoveryAgentRemovalLimit.percent
        configuration.registryAgentAge = registryMaxAgentAge.duration
        configuration.limits.unreachableAgents = registryMaxAgentCount
        configuration.registryCleanUpInterval = registryGcInterval.duration
    }
}

/// So many in so much time, as Mesos has it: "1/10mins".
struct RateArgument: ExpressibleByArgument {
    let limit: RemovalRateLimit

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let time = DurationArgument(argument: String(parts[1])),
            let limit = RemovalRateLimit(agents: count, duration: time.duration)
        else { return nil }
        self.limit = limit
    }
}

/// A part of a whole, as "20%".
struct PercentageArgument: ExpressibleByArgument, CustomStringConvertible {
    let percent: Double

    init(percent: Double) { self.percent = percent }

    init?(argument: String) {
        guard argument.hasSuffix("%"), let percent = Double(argument.dropLast()), (0...100).contains(percent) else { return nil }
        self.percent = percent
    }

    var description: String { "\(percent)%" }
}
