import AgentCore
import Cluster
import Containers
import Images
import Synchronization

/// Makes the probes that the core asks for, and reports what they find.
final class ProbeRunner: Sendable {
    private let containerizer: Containerizer
    private let command: ProbeCommand
    private let network: ProbeNetwork
    private let report: @Sendable (AgentInput) -> Void
    private let running = Mutex<[Probe.ID: Task<Void, Never>]>([:])

    init(containerizer: Containerizer, images: ImageStore, report: @escaping @Sendable (AgentInput) -> Void) {
        self.containerizer = containerizer
        network = ProbeNetwork(containerizer: containerizer)
        command = ProbeCommand(containerizer: containerizer, images: images)
        self.report = report
    }

    func start(_ probe: Probe) {
        running.withLock { running in
            running[probe.id] = Task {
                let result = await self.result(of: probe)
                self.running.withLock { $0[probe.id] = nil }
                self.report(.probed(probe.id, result))
            }
        }
    }

    func stop(_ id: Probe.ID) {
        running.withLock { $0[id] }?.cancel()
    }

    /// Removes what a former process of the agent left of a probe.
    func remove(_ container: ContainerID) {
        Task {
            // One that ends with its task is as good.
            try? await containerizer.destroy(container)
            try? await containerizer.forget(container)
        }
    }

    private func result(of probe: Probe) async -> ProbeResult {
        switch probe.method {
        case .command(let launch): await command.run(launch, timeout: probe.timeout)
        case .http(let http): await network.get(http, in: probe.container, timeout: probe.timeout)
        case .tcp(let port, let isIPv6):
            await network.connect(to: port, isIPv6: isIPv6, in: probe.container, timeout: probe.timeout)
        }
    }
}
