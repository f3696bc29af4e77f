import Cluster
import MesosMessages
import SwiftProtobuf

/// How `agora run` presents itself to the master.
struct PodRunOptions {
    /// How long the master keeps the tasks when the connection of an attached run is gone: time to come back.
    static let attachedFailover = Duration.seconds(30)
    /// How long the master keeps what was left running: a year.
    static let detachedFailover = Duration.seconds(31_536_000)
    /// Marks frameworks of `agora run`, so that `agora kill` knows that it may speak for them.
    static let label = "agora.run"

    var role = "*"
    /// As whom tasks run that do not say.
    var user = "root"
    /// Leave once everything runs.
    var isDetached = false
    /// Join the terminal to the only task; nothing: show what tasks write.
    var attachment: TaskOutput.Manner?

    /// The framework that a pod is launched by.
    func framework(for launch: PodLaunch) -> Mesos_V1_FrameworkInfo {
        .with {
            $0.user = user
            $0.name = "agora run \(launch.name)"
            $0.roles = [role]
            $0.checkpoint = true
            let failover = isDetached ? Self.detachedFailover : Self.attachedFailover
            $0.failoverTimeout = Double(failover.components.seconds)
            // Machines with GPUs are left to those who need them.
            $0.capabilities = (Self.capabilities + (launch.needsGPUs ? [.gpuResources] : [])).map { capability in
                .with { $0.type = capability }
            }
            $0.labels.labels = [.with { ($0.key, $0.value) = (Self.label, isDetached ? "detached" : "attached") }]
            // For those who ask the master what it waits for.
            guard let needs = try? launch.demand.total() else { return }
            $0.labels.labels.append(.with { ($0.key, $0.value) = (ClusterLabels.needs, needs.description) })
        }
    }

    private static let capabilities: [Mesos_V1_FrameworkInfo.Capability.TypeEnum] = [
        .multiRole, .partitionAware, .taskKillingState, .reservationRefinement,
    ]
}
