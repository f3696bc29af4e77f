import AgentCore
import Cluster
import CoreLoop
import Fetcher
import HashTreeCollections
import MesosAPI
import MesosMessages
import Synchronization

/// The agent's figures, for Mesos's `/metrics/snapshot` and for Prometheus's `/metrics`.
struct AgentMetrics {
    let view: AgentView
    let fetcher: FetcherStatistics
    let sandboxes: SandboxCounts
    let now: Timestamp
    private var facts: AgentFacts { view.facts }

    init(_ view: AgentView, _ fetcher: FetcherStatistics, _ sandboxes: SandboxCounts, now: Timestamp) {
        self.view = view
        self.fetcher = fetcher
        self.sandboxes = sandboxes
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
            for (name, value) in all { writer.field(name, value) }
        }
        return writer.bytes
    }

    /// All of them, under their names in Mesos.
    var all: [(name: String, value: Double)] {
        let counters = view.core.executorCounters
        var all: [(String, Double)] = [
            ("slave/registered", view.core.isSubscribed ? 1.0 : 0.0),
            ("slave/uptime_secs", uptime),
            ("slave/executors_registering", Double(executors(.registering))),
            ("slave/executors_running", Double(executors(.running))),
            ("slave/executors_terminating", Double(executors(.terminating))),
            ("slave/executors_terminated", Double(counters.terminated)),
            ("slave/valid_status_updates", Double(counters.validUpdates)),
            ("slave/invalid_status_updates", Double(counters.invalidUpdates)),
            ("slave/valid_framework_messages", Double(counters.validMessages)),
            ("slave/invalid_framework_messages", Double(counters.invalidMessages)),
            ("containerizer/fetcher/task_fetches/succeeded", Double(fetcher.succeeded)),
            ("containerizer/fetcher/task_fetches/failed", Double(fetcher.failed)),
            ("containerizer/fetcher/cache_size_total_bytes", Double(fetcher.cacheBytes)),
            ("containerizer/fetcher/cache_size_used_bytes", Double(fetcher.usedCacheBytes)),
            ("gc/path_removals_succeeded", Double(sandboxes.succeeded.load(ordering: .relaxed))),
            ("gc/path_removals_failed", Double(sandboxes.failed.load(ordering: .relaxed))),
            ("gc/path_removals_pending", Double(sandboxes.pending.load(ordering: .relaxed))),
        ]
        for state in Self.active { all.append(("slave/tasks_\(state.shortName)", Double(count(state)))) }
        for state in Self.ended { all.append(("slave/tasks_\(state.shortName)", Double(endings(state)))) }
        for figure in SystemFigures.all { all.append((figure.name, figure.value)) }
        let used = view.allocated
        for name in Self.resourceNames {
            let (total, used) = (facts.resources.scalar(name).value, used.scalar(name).value)
            all.append(("slave/\(name)_total", total))
            all.append(("slave/\(name)_used", used))
            all.append(("slave/\(name)_percent", total > 0 ? used / total : 0))
        }
        return all
    }

    private static let resourceNames = ["cpus", "mem", "disk", "gpus"]

    /// The figures for Prometheus; those of containers are added by `ContainerReads`.
    func write(to out: inout PrometheusText) {
        typealias Sample = PrometheusText.Sample
        let versions = Sample(1, ("version", AgentConfiguration.agoraVersion), ("mesos_version", AgentConfiguration.mesosVersion))
        out.family("agora_build_info", .gauge, "The versions that run; always 1.", [versions])
        out.family("agora_agent_subscribed", .gauge, "Whether a master has this agent.", view.core.isSubscribed ? 1 : 0)
        out.family("agora_agent_uptime_seconds", .gauge, "Time since the start of the process.", uptime)
        out.family("agora_agent_executors", .gauge, "Executors that run.", Double(view.core.executors.count))
        let tasks = Self.active.map { Sample(count($0), ("state", $0.shortName)) }
        out.family("agora_agent_tasks", .gauge, "Tasks that have not ended, by state.", tasks)
        let ends = Self.ended.map { Sample(endings($0), ("state", $0.shortName)) }
        out.family("agora_agent_tasks_ended_total", .counter, "Tasks that ended since the start of the process, by state.", ends)
        let counters = view.core.executorCounters
        out.family(
            "agora_agent_status_updates_total",
            .counter,
            "Status updates of custom executors, by whether they were taken.",
            [Sample(counters.validUpdates, ("result", "valid")), Sample(counters.invalidUpdates, ("result", "invalid"))]
        )
        let used = view.allocated
        for (name, figure, unit) in [
            ("cpus", "cpus", 1.0), ("gpus", "gpus", 1), ("mem", "memory_bytes", mebi), ("disk", "disk_bytes", mebi),
        ] {
            let total = Sample(facts.resources.scalar(name).value * unit, ("kind", "total"))
            let allocated = Sample(used.scalar(name).value * unit, ("kind", "allocated"))
            out.family("agora_agent_\(figure)", .gauge, "What the agent offers of this resource and what is held.", [total, allocated])
        }
        writeFetcher(to: &out)
        writeSandboxes(to: &out)
    }

    private func writeSandboxes(to out: inout PrometheusText) {
        typealias Sample = PrometheusText.Sample
        let (succeeded, failed) = (sandboxes.succeeded.load(ordering: .relaxed), sandboxes.failed.load(ordering: .relaxed))
        out.family(
            "agora_agent_sandbox_removals_total",
            .counter,
            "Sandboxes of what has ended that were removed, or could not be.",
            [Sample(succeeded, ("result", "succeeded")), Sample(failed, ("result", "failed"))]
        )
        let kept = Double(sandboxes.pending.load(ordering: .relaxed))
        out.family("agora_agent_sandboxes_kept", .gauge, "Sandboxes of what has ended that are still there.", kept)
    }

    private var mebi: Double { 1_048_576 }

    private func writeFetcher(to out: inout PrometheusText) {
        typealias Sample = PrometheusText.Sample
        out.family(
            "agora_agent_fetches_total",
            .counter,
            "Tasks whose files were fetched since the start of the process, by result.",
            [Sample(fetcher.succeeded, ("result", "succeeded")), Sample(fetcher.failed, ("result", "failed"))]
        )
        out.family(
            "agora_agent_fetcher_cache_bytes",
            .gauge,
            "What the cache of fetched files may hold and what it holds.",
            [Sample(Double(fetcher.cacheBytes), ("kind", "total")), Sample(Double(fetcher.usedCacheBytes), ("kind", "used"))]
        )
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
