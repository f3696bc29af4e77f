import AgentCore
import Cluster
import Containers
import Images
import Logging
import NIOPosix
import Synchronization

/// Carries out what the core asks for, with real containers, and reports what became of it.
final class ContainerRunner: Sendable {
    let containerizer: Containerizer
    private let preparation: LaunchPreparation
    private let logger: Logger
    private let report: @Sendable (AgentInput) -> Void
    /// The launches that are under way, so that a kill can stop the pull of a large image.
    private let launching = Mutex<[ContainerID: Task<Void, Never>]>([:])

    init(
        containerizer: Containerizer,
        preparation: LaunchPreparation,
        logger: Logger,
        report: @escaping @Sendable (AgentInput) -> Void
    ) {
        self.containerizer = containerizer
        self.preparation = preparation
        self.logger = logger
        self.report = report
    }

    /// Launches, reports, and watches until the end.
    func launch(_ launch: ContainerLaunch) {
        launching.withLock { launching in
            launching[launch.id] = Task { await self.run(launch) }
        }
    }

    private func run(_ launch: ContainerLaunch) async {
        do {
            let status = try await preparation.withSpec(for: launch) { spec in
                try Task.checkCancellation()
                return try await containerizer.launch(spec)
            }
            let isStopped = Task.isCancelled
            launching.withLock { $0[launch.id] = nil }
            report(.containerLaunched(launch.id, pid: status.pid ?? 0, networks: status.networks.map(\.message)))
            if isStopped { destroy(launch.id) }
            watch(launch.id)
        } catch {
            launching.withLock { $0[launch.id] = nil }
            let message = error is CancellationError ? "the launch was stopped" : "\(error)"
            logger.info("a container was not launched", metadata: ["container": "\(launch.id)", "reason": "\(message)"])
            report(.containerLaunchFailed(launch.id, message: message))
        }
    }

    /// Reports the end of a container that runs.
    func watch(_ id: ContainerID) {
        Task {
            do throws(ContainerError) {
                let termination = try await containerizer.wait(id)
                report(.containerEnded(id, await exit(of: id, termination)))
            } catch .unusable {
                // The agent stops, and the container runs on.
            } catch {
                // It was forgotten before it was asked for: nobody will ever know how it ended.
                logger.error("a container vanished", metadata: ["container": "\(id)", "reason": "\(error)"])
                report(.containerEnded(id, ContainerExit(waitStatus: 9, message: "\(error)")))
            }
        }
    }

    /// An end with what was written last: to be read before anybody removes it.
    private func exit(of id: ContainerID, _ termination: ContainerTermination) async -> ContainerExit {
        var exit = ContainerExit(termination)
        exit.lastOutput = (try? await NIOThreadPool.singleton.runIfActive { [containerizer] in containerizer.lastOutput(of: id) }) ?? []
        return exit
    }

    func signal(_ id: ContainerID, _ signal: Int32) {
        do throws(ContainerError) {
            try containerizer.kill(id, signal: signal)
        } catch {
            logger.info("cannot signal a container", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }

    /// Stops the launches of a container and those below it, and kills what runs.
    func destroy(_ id: ContainerID) {
        let tasks = launching.withLock { launching in
            launching.filter { $0.key == id || $0.key.isDescendant(of: id) }.map(\.value)
        }
        for task in tasks { task.cancel() }
        Task {
            do throws(ContainerError) {
                try await containerizer.destroy(id)
            } catch {
                logger.debug("cannot destroy a container", metadata: ["container": "\(id)", "reason": "\(error)"])
            }
        }
    }

    func update(_ id: ContainerID, _ limits: ContainerLimits) {
        do throws(ContainerError) {
            try containerizer.update(id, limits: ResourceLimits(limits))
            try containerizer.limitDisk(of: id, to: limits.diskBytes)
        } catch {
            logger.warning("cannot change the limits of a container", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }

    /// Drops what is kept of an ended container; its sandbox stays.
    func forget(_ id: ContainerID) {
        Task {
            do throws(ContainerError) {
                try await containerizer.forget(id)
            } catch {
                logger.debug("cannot forget a container", metadata: ["container": "\(id)", "reason": "\(error)"])
            }
        }
    }

    /// Whether a launch that the core asked for is under way.
    func isLaunching(_ id: ContainerID) -> Bool {
        launching.withLock { $0[id] != nil }
    }
}
