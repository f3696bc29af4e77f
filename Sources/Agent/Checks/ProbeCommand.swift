import AgentCore
import Cluster
import Containers
import Images
import Synchronization

/// Probes by a command: a container of a moment inside the task's, in its mounts, processes and network, with its
/// cgroup, user, variables and working directory. It prints into nothing and leaves nothing.
struct ProbeCommand: Sendable {
    let containerizer: Containerizer
    let images: ImageStore

    /// Runs it, and ends it with everything it started when its time is over or the task is cancelled.
    func run(_ launch: ContainerLaunch, timeout: Duration?) async -> ProbeResult {
        let isOver = Flag()
        let timer = Task {
            guard let timeout, (try? await Task.sleep(for: timeout)) != nil else { return }
            isOver.set()
            await destroy(launch.id)
        }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await find(launch, isOver)
        } onCancel: {
            isOver.set()
            Task { await destroy(launch.id) }
        }
        guard isOver.isSet else { return result }
        return .failed("its command took longer than \(timeout ?? .zero)")
    }

    private func destroy(_ id: ContainerID) async {
        do throws(ContainerError) {
            try await containerizer.destroy(id)
        } catch {
            // There is nothing of it yet, or nothing any more.
        }
    }

    private func find(_ launch: ContainerLaunch, _ isOver: Flag) async -> ProbeResult {
        do {
            let spec = try await spec(for: launch)
            guard !isOver.isSet else { return .failed("its time was over before it began") }
            _ = try await containerizer.launch(spec)
            // The end of its time may have come when there was nothing to destroy yet.
            if isOver.isSet { await destroy(launch.id) }
            let termination = try await containerizer.wait(launch.id)
            try? await containerizer.forget(launch.id)
            return .exited(waitStatus: termination.waitStatus)
        } catch {
            return .failed("its command could not be run: \(error)")
        }
    }

    private func spec(for launch: ContainerLaunch) async throws -> ContainerSpec {
        var image: Image?
        if let request = launch.image {
            // The task runs in it, so it is here, whatever its name means by now; its user and variables are the probe's too.
            let task = launch.id.parent.flatMap { try? containerizer.status(of: $0) }
            image = try await images.image(of: try ImageReference(parsing: request.reference), withLayers: task?.layers ?? [])
        }
        var spec = try ContainerSpec(launch, image: image)
        spec.root = .parent
        spec.streams.output = .discarded
        spec.confinement = spec.confinement.ofProbe
        return spec
    }
}

/// Set once, from any thread.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
