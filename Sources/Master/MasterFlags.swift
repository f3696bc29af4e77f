import Allocation
import MasterCore
import MesosAPI
import MesosMessages

/// The settings of a master as `/state` and `GET_FLAGS` show them, under the names of Mesos's flags where there is one.
enum MasterFlags {
    static func list(_ configuration: MasterConfiguration, port: Int, hostname: String) -> [(name: String, value: String)] {
        let optional: [(name: String, value: String)?] = [
            configuration.domain.map { ("domain", String(decoding: MesosJSON.encode($0), as: UTF8.self)) },
            configuration.offerTimeout.map { ("offer_timeout", text($0)) },
            configuration.agentRemovalRateLimit.map { ("agent_removal_rate_limit", "\($0.agents)/\(text($0.duration))") },
            configuration.registry.folder.map { ("work_dir", $0) },
        ]
        return (always(configuration, port: port, hostname: hostname) + optional.compactMap(\.self)).sorted { $0.name < $1.name }
    }

    private static func always(_ configuration: MasterConfiguration, port: Int, hostname: String) -> [(name: String, value: String)] {
        [
            ("agent_reregister_timeout", text(configuration.agentReregisterTimeout)),
            ("agent_ping_timeout", text(configuration.agentHeartbeatInterval)),
            ("allocation_interval", text(configuration.allocationInterval)),
            ("allocator", "hierarchical"),
            ("authenticate_agents", "false"),
            ("authenticate_http_frameworks", "false"),
            ("authenticate_http_readonly", "false"),
            ("authenticate_http_readwrite", "false"),
            ("hostname", hostname),
            ("ip", configuration.host),
            ("max_agent_ping_timeouts", String(configuration.missedAgentHeartbeats)),
            ("max_completed_frameworks", String(configuration.limits.completedFrameworks)),
            ("max_completed_tasks_per_framework", String(configuration.limits.completedTasksPerFramework)),
            ("max_operator_event_stream_subscribers", String(configuration.limits.operatorSubscribers)),
            ("max_unreachable_tasks_per_framework", String(configuration.limits.unreachableTasksPerFramework)),
            ("min_allocatable_resources", "cpus:0.01|mem:32"),
            ("offer_constraints_re2_max_mem", bytes(configuration.limits.regularExpressions.memory)),
            ("offer_constraints_re2_max_program_size", String(configuration.limits.regularExpressions.programSize)),
            ("port", String(port)),
            ("recovery_agent_removal_limit", "\(configuration.recoveryRemovalLimit)%"),
            ("registry", configuration.registry == .inMemory ? "in_memory" : "sqlite"),
            ("registry_gc_interval", text(configuration.registryCleanUpInterval)),
            ("registry_max_agent_age", text(configuration.registryAgentAge)),
            ("registry_max_agent_count", String(configuration.limits.unreachableAgents)),
            ("role_sorter", "drf"),
        ]
    }

    /// An amount of memory as Mesos writes it: `4KB`.
    private static func bytes(_ count: Int) -> String {
        count % 1024 == 0 ? "\(count / 1024)KB" : "\(count)B"
    }

    /// A duration as Mesos writes it: `15secs`, `20ms`.
    private static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)secs" : "\(milliseconds)ms"
    }
}
