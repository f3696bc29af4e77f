import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// The figures of a master for Prometheus: names, units and labels as its users expect them.
struct MasterFigures {
    let text: String

    init(_ reading: StateReading, _ build: BuildInfo) {
        var figures = FigureWriter()
        figures.writeMaster(reading, build)
        figures.writeAgents(reading.state)
        figures.writeFrameworks(reading.state)
        figures.writeTasks(reading.state)
        figures.writeShares(reading.state)
        figures.writeCalls(reading.state.counters)
        figures.writeTimes(reading.measures)
        text = figures.out.text
    }
}

private struct FigureWriter {
    typealias Sample = PrometheusText.Sample

    var out = PrometheusText()

    mutating func writeMaster(_ reading: StateReading, _ build: BuildInfo) {
        let versions = Sample(1, ("version", build.agoraVersion), ("mesos_version", build.mesosVersion))
        out.family("agora_build_info", .gauge, "The versions that run; always 1.", [versions])
        out.family("agora_master_uptime_seconds", .gauge, "Time since the start of the master.", reading.uptime)
        let watchers = Double(reading.state.operatorSubscribers)
        out.family("agora_master_operator_subscribers", .gauge, "Streams of operators that hear of every change.", watchers)
    }

    mutating func writeAgents(_ state: ClusterState) {
        let connected = state.agents.values.count { $0.stream != nil }
        let active = state.agents.values.count(where: state.isActive)
        let draining = state.services.values.count { $0.drain?.state == .draining }
        let drained = state.services.values.count { $0.drain?.state == .drained }
        out.family(
            "agora_master_agents",
            .gauge,
            "Agents by what they are; an agent may be several of these.",
            [
                Sample(active, ("state", "active")), Sample(connected, ("state", "connected")),
                Sample(state.agents.count - connected, ("state", "disconnected")),
                Sample(state.services.count, ("state", "deactivated")), Sample(draining, ("state", "draining")),
                Sample(drained, ("state", "drained")), Sample(state.recoveredAgents.count, ("state", "recovered")),
                Sample(state.unreachableAgents.count, ("state", "unreachable")), Sample(state.goneAgents.count, ("state", "gone")),
            ]
        )
        let counters = state.counters
        out.family(
            "agora_master_agent_registrations_total",
            .counter,
            "Subscriptions of agents.",
            [Sample(counters.agentRegistrations, ("kind", "new")), Sample(counters.agentReregistrations, ("kind", "returned"))]
        )
        out.family("agora_master_agent_removals_total", .counter, "Agents taken out of the cluster.", Double(counters.agentRemovals))
        out.family(
            "agora_master_agents_unreachable_total",
            .counter,
            "Agents that stayed away too long.",
            Double(counters.agentsUnreachable)
        )
    }

    mutating func writeFrameworks(_ state: ClusterState) {
        let connected = state.frameworks.values.count { $0.stream != nil }
        let recovered = state.frameworks.values.count(where: \.isRecovered)
        out.family(
            "agora_master_frameworks",
            .gauge,
            "Frameworks by whether they are there.",
            [
                Sample(connected, ("state", "connected")),
                Sample(state.frameworks.count - connected - recovered, ("state", "disconnected")),
                Sample(recovered, ("state", "recovered")),
            ]
        )
        out.family("agora_master_offers", .gauge, "Offers that are not answered yet.", Double(state.offers.count))
        let counters = state.counters
        out.family(
            "agora_master_offers_total",
            .counter,
            "Offers by what happened to them.",
            [
                Sample(counters.offersMade, ("event", "made")), Sample(counters.offersAccepted, ("event", "accepted")),
                Sample(counters.offersDeclined, ("event", "declined")), Sample(counters.offersRescinded, ("event", "rescinded")),
            ]
        )
    }

    mutating func writeTasks(_ state: ClusterState) {
        var counts: [Mesos_V1_TaskState: Int] = [:]
        for framework in state.frameworks.values {
            for task in framework.tasks.values where task.isActive { counts[task.state, default: 0] += 1 }
            counts[.taskUnreachable, default: 0] += framework.unreachable.count
        }
        let states: [Mesos_V1_TaskState] = [.taskStaging, .taskStarting, .taskRunning, .taskKilling, .taskUnreachable]
        let samples = states.map { Sample(counts[$0, default: 0], ("state", $0.label)) }
        out.family("agora_master_tasks", .gauge, "Tasks that have not ended, by state.", samples)
        let ends = state.counters.taskEnds.map { end, count in
            (
                labels: (end.state.label, end.source.name.lowercased(), end.reason?.label ?? "none"),
                count: count
            )
        }
        out.family(
            "agora_master_tasks_ended_total",
            .counter,
            "Tasks that ended, by state, and by who said so and why.",
            ends.sorted { $0.labels < $1.labels }.map { end in
                Sample(end.count, ("state", end.labels.0), ("source", end.labels.1), ("reason", end.labels.2))
            }
        )
    }

    mutating func writeShares(_ state: ClusterState) {
        let sums = RoleSums(state)
        for resource in FigureResource.all {
            let total = sums.total.scalar(resource.name).value * resource.unit
            let allocated = sums.all.reduce(0) { $0 + $1.allocated.scalar(resource.name).value } * resource.unit
            let offered = sums.all.reduce(0) { $0 + $1.offered.scalar(resource.name).value } * resource.unit
            out.family(
                "agora_master_\(resource.figure)",
                .gauge,
                "\(resource.help) of the cluster: all, held by tasks and executors, offered.",
                [Sample(total, ("kind", "total")), Sample(allocated, ("kind", "allocated")), Sample(offered, ("kind", "offered"))]
            )
            let byRole = sums.all.map { role in
                Sample(role.allocated.scalar(resource.name).value * resource.unit, ("role", role.name.value))
            }
            out.family(
                "agora_role_allocated_\(resource.figure)",
                .gauge,
                "\(resource.help) that a role's tasks and executors hold.",
                byRole
            )
        }
        let shares = sums.all.map { Sample(sums.dominantShare(of: $0.allocated + $0.offered), ("role", $0.name.value)) }
        out.family("agora_role_dominant_share", .gauge, "The largest part of any resource that a role has, from 0 to 1.", shares)
        let usage = ClusterUsage(state)
        let frameworks = state.frameworks.values.sorted { $0.id < $1.id }
        out.family(
            "agora_framework_dominant_share",
            .gauge,
            "The largest part of any resource that a framework holds, from 0 to 1.",
            frameworks.map { framework in
                let held = usage.allocatedByFramework[framework.id, default: .empty].unallocated()
                return Sample(sums.dominantShare(of: held), ("framework", framework.id.value), ("name", framework.info.name))
            }
        )
        out.family(
            "agora_framework_tasks",
            .gauge,
            "Tasks of a framework that have not ended.",
            frameworks.map { framework in
                let count = framework.tasks.values.count(where: \.isActive)
                return Sample(count, ("framework", framework.id.value), ("name", framework.info.name))
            }
        )
    }

    mutating func writeCalls(_ counters: MasterCounters) {
        let calls = counters.calls.sorted { $0.key.rawValue < $1.key.rawValue }.map { Sample($0.value, ("type", $0.key.name.lowercased())) }
        out.family("agora_master_scheduler_calls_total", .counter, "Calls of schedulers, by type.", calls)
        out.family(
            "agora_master_status_updates_total",
            .counter,
            "Status updates of agents, by whether somebody waited for them.",
            [Sample(counters.validStatusUpdates, ("result", "valid")), Sample(counters.invalidStatusUpdates, ("result", "invalid"))]
        )
        out.family(
            "agora_master_acknowledgements_total",
            .counter,
            "Acknowledgements of schedulers, by whether they were passed on.",
            [Sample(counters.validAcknowledgements, ("result", "valid")), Sample(counters.invalidAcknowledgements, ("result", "invalid"))]
        )
    }

    mutating func writeTimes(_ measures: MasterMeasures.Values) {
        out.histogram("agora_master_allocation_seconds", "How long rounds of offers took.", measures.allocations)
        out.histogram("agora_master_core_wait_seconds", "How long calls waited for the core: the lag of its loop.", measures.waits)
        out.histogram("agora_master_core_batch_seconds", "How long the core's thread worked on a batch of calls.", measures.batches)
        out.histogram("agora_master_registry_commit_seconds", "How long it took to write changes to the registry.", measures.commits)
    }
}

/// A resource as Prometheus shows it: in base units.
private struct FigureResource {
    let name: String
    let figure: String
    let help: String
    let unit: Double

    static let all = [
        FigureResource(name: "cpus", figure: "cpus", help: "Processors", unit: 1),
        FigureResource(name: "gpus", figure: "gpus", help: "Graphics processors", unit: 1),
        FigureResource(name: "mem", figure: "memory_bytes", help: "Memory", unit: 1_048_576),
        FigureResource(name: "disk", figure: "disk_bytes", help: "Disk space", unit: 1_048_576),
    ]
}

extension Mesos_V1_TaskState {
    /// `running` for TASK_RUNNING.
    fileprivate var label: String { name.dropFirst("TASK_".count).lowercased() }
}

extension Mesos_V1_TaskStatus.Reason {
    /// `agent_removed` for REASON_AGENT_REMOVED; its name is without the first word here.
    fileprivate var label: String { name.lowercased() }
}
