import AgentCore
import Cluster
import Fetcher
import HashTreeCollections
import MesosAPI
import MesosMessages

/// The agent's figures, for Mesos's `/metrics/snapshot` and for Prometheus's `/metrics`.
struct AgentMetrics {
    let view: AgentView
    let fetcher: FetcherStatistics
    let now: Timestamp
    private var facts: AgentFacts { view.facts }

    init(_ view: AgentView, _ fetcher: FetcherStatistics, now: Timestamp) {
        self.view = view
        self.fetcher = fetcher
        self.now = now
    }

    private static let active: [Mesos_V1_TaskState] = [.taskStaging, .taskStarting, .taskRunning, .taskKilling]
    private static let ended: [Mesos_V1_TaskState] = [
        .taskFinished, .taskFailed, .taskKilled, .taskError, .taskLost, .taskDropped, .taskGone,
    ]

    /// Names and numbers in one flat object.
    func snapshot() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("slave/registered", view.core.isSubscribed ? 1.0 : 0.0)
            writer.field("slave/uptime_secs", uptime)
            writer.field("slave/executors_registering", Double(executors(.registering)))
            writer.field("slave/executors_running", Double(executors(.running)))
            writer.field("slave/executors_terminating", Double(executors(.terminating)))
            let counters = view.core.executorCounters
            writer.field("slave/executors_terminated", Double(counters.terminated))
            writer.field("slave/valid_status_updates", Double(counters.validUpdates))
            writer.field("slave/invalid_status_updates", Double(counters.invalidUpdates))
            writer.field("slave/valid_framework_messages", Double(counters.validMessages))
            writer.field("slave/invalid_framework_messages", Double(counters.invalidMessages))
            for state in Self.active { writer.field("slave/tasks_\(state.shortName)", Double(count(state))) }
            for state in Self.ended { writer.field("slave/tasks_\(state.shortName)", Double(endings(state))) }
            writer.field("containerizer/fetcher/task_fetches/succeeded", Double(fetcher.succeeded))
            writer.field("containerizer/fetcher/task_fetches/failed", Double(fetcher.failed))
            writer.field("containerizer/fetcher/cache_size_total_bytes", Double(fetcher.cacheBytes))
            writer.field("containerizer/fetcher/cache_size_used_bytes", Double(fetcher.usedCacheBytes))
            let used = view.allocated
            for name in Self.resourceNames {
                let (total, used) = (facts.resources.scalar(name).value, used.scalar(name).value)
                writer.field("slave/\(name)_total", total)
                writer.field("slave/\(name)_used", used)
                writer.field("slave/\(name)_percent", total > 0 ? used / total : 0)
            }
        }
        return writer.bytes
    }

    private static let resourceNames = ["cpus", "mem", "disk", "gpus"]

    /// The text format of Prometheus, version 0.0.4.
    func prometheus() -> String {
        var text = """
            # HELP agora_agent_subscribed Whether a master has this agent.
            # TYPE agora_agent_subscribed gauge
            agora_agent_subscribed \(view.core.isSubscribed ? 1 : 0)
            # HELP agora_agent_uptime_seconds Time since the start of the process.
            # TYPE agora_agent_uptime_seconds gauge
            agora_agent_uptime_seconds \(uptime)
            # HELP agora_agent_executors Executors that run.
            # TYPE agora_agent_executors gauge
            agora_agent_executors \(view.core.executors.count)
            # HELP agora_agent_tasks Tasks that run, by state.
            # TYPE agora_agent_tasks gauge

            """
        for state in Self.active { text += "agora_agent_tasks{state=\"\(state.shortName)\"} \(count(state))\n" }
        text += "# HELP agora_agent_tasks_ended_total Tasks that ended since the start of the process, by state.\n"
        text += "# TYPE agora_agent_tasks_ended_total counter\n"
        for state in Self.ended { text += "agora_agent_tasks_ended_total{state=\"\(state.shortName)\"} \(endings(state))\n" }
        text += "# HELP agora_agent_resources What the agent offers and what is used; memory and disk in MiB.\n"
        text += "# TYPE agora_agent_resources gauge\n"
        let used = view.allocated
        for name in Self.resourceNames {
            text += "agora_agent_resources{name=\"\(name)\",kind=\"total\"} \(facts.resources.scalar(name))\n"
            text += "agora_agent_resources{name=\"\(name)\",kind=\"used\"} \(used.scalar(name))\n"
        }
        return text + fetcherText
    }

    private var fetcherText: String {
        """
        # HELP agora_agent_fetches_total Tasks whose files were fetched since the start of the process, by result.
        # TYPE agora_agent_fetches_total counter
        agora_agent_fetches_total{result="succeeded"} \(fetcher.succeeded)
        agora_agent_fetches_total{result="failed"} \(fetcher.failed)
        # HELP agora_agent_fetcher_cache_bytes What the cache of fetched files may hold and what it holds.
        # TYPE agora_agent_fetcher_cache_bytes gauge
        agora_agent_fetcher_cache_bytes{kind="total"} \(fetcher.cacheBytes)
        agora_agent_fetcher_cache_bytes{kind="used"} \(fetcher.usedCacheBytes)

        """
    }

    private var uptime: Double { Double((now - facts.started).clampedNanoseconds) / 1e9 }

    private func count(_ state: Mesos_V1_TaskState) -> Int {
        view.core.tasks.values.count { $0.state == state }
    }

    private func executors(_ stage: ExecutorRecord.Stage) -> Int {
        view.core.executors.values.count { $0.stage == stage }
    }

    private func endings(_ state: Mesos_V1_TaskState) -> Int { view.core.transitions[state, default: 0] }
}

extension Mesos_V1_TaskState {
    /// "running" for TASK_RUNNING.
    fileprivate var shortName: String { name.dropFirst("TASK_".count).lowercased() }
}
