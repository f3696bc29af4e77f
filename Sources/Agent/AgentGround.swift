import AgentCore
import Containers
import Fetcher
import Images
import LinuxKernel
import Logging

/// What an agent stands on before it talks to anybody: its folder, its database, its containers and images.
struct AgentGround {
    let workDirectory: WorkDirectory
    let store: AgentStore
    let containerizer: Containerizer
    let fetcher: Fetcher
    let preparation: LaunchPreparation
    let tokens: ExecutorTokens
    let stored: StoredAgent
    /// A name for the time since the machine was last started.
    let boot: String
    /// The containers that a former process left, running or ended.
    let found: [FoundContainer]

    static func open(_ configuration: AgentConfiguration, logger: Logger) async throws -> AgentGround {
        let workDirectory = try WorkDirectory(configuration.workDirectory)
        let store = try AgentStore(path: workDirectory.database, logger: logger)
        do {
            return try await open(configuration, workDirectory, store, logger)
        } catch {
            store.close()
            throw error
        }
    }

    private static func open(
        _ configuration: AgentConfiguration,
        _ workDirectory: WorkDirectory,
        _ store: AgentStore,
        _ logger: Logger
    ) async throws -> AgentGround {
        let stored = try store.load()
        let tokens = ExecutorTokens(secret: try SecretFile.load(workDirectory.executorSecret))
        let fetcher = try Fetcher(configuration: .init(configuration, workDirectory))
        let containerizer = try Containerizer(configuration: .init(configuration, workDirectory, logger))
        let found = try await containerizer.recover(known: nil).map { status in
            FoundContainer(status, workDirectory: workDirectory.path) { containerizer.lastOutput(of: status.id) }
        }
        let images: ImageStore
        do throws(ImageError) {
            images = try ImageStore(directory: workDirectory.images, registries: configuration.registries, logger: logger) {
                containerizer.layerUses
            }
        } catch {
            containerizer.shutdown()
            throw error
        }
        logger.info("recovered", metadata: ["tasks": "\(stored.tasks.count)", "containers": "\(found.count)"])
        return AgentGround(
            workDirectory: workDirectory,
            store: store,
            containerizer: containerizer,
            fetcher: fetcher,
            preparation: LaunchPreparation(
                images: images,
                links: SandboxLinks(workDirectory: workDirectory.path),
                tokens: tokens,
                files: SandboxFetch(fetcher: fetcher, containerizer: containerizer),
                holds: SandboxHolds(),
                logLimit: configuration.logLimit
            ),
            tokens: tokens,
            stored: stored,
            boot: try ProcessStart.boot(),
            found: found
        )
    }

    /// Stops looking after containers and lets go of the folders: another agent may use them from now on.
    func close() {
        // Whoever waits for a container is told that nobody looks after it, which is no end of a task.
        containerizer.shutdown()
        store.close()
        preparation.images.close()
        workDirectory.unlock()
    }
}

extension Containerizer {
    /// The layers that containers run from, or are about to.
    fileprivate var layerUses: [LayerUse] {
        containers().filter { $0.state != .ended }.flatMap { container in
            ([container.layers] + container.volumeLayers).filter { !$0.isEmpty }.map { LayerUse(user: "\(container.id)", layers: $0) }
        }
    }
}

extension ContainerizerConfiguration {
    init(_ configuration: AgentConfiguration, _ workDirectory: WorkDirectory, _ logger: Logger) {
        self.init(runtimeDirectory: configuration.runtimeDirectory ?? workDirectory.defaultRuntime, logger: logger)
        initPath = configuration.containerInitPath
        networks = configuration.networks
        // What containers write into their images belongs on the disk, wherever the runtime directory is.
        writableDirectory = workDirectory.writableLayers
        confinement = configuration.confinement
        limits = configuration.limits
        diskAccounting = configuration.diskAccounting
        diskProjects = configuration.diskProjects
        diskWatchInterval = configuration.diskWatchInterval
        enforcesDiskLimits = configuration.enforcesDiskLimits
    }
}

extension FetcherConfiguration {
    init(_ configuration: AgentConfiguration, _ workDirectory: WorkDirectory) {
        self.init(cacheDirectory: workDirectory.fetchedFiles)
        cacheBytes = configuration.fetcherCacheBytes
        stallTimeout = configuration.fetcherStallTimeout
        limits = configuration.fetchLimits
    }
}

extension FoundContainer {
    fileprivate init(_ status: ContainerStatus, workDirectory: String, lastOutput: () -> [ContainerExit.OutputEnd]) {
        var exit = status.termination.map { ContainerExit($0) }
        exit?.lastOutput = lastOutput()
        let state: State = exit.map { .ended($0) } ?? .running(pid: status.pid ?? 0)
        self.init(
            id: status.id,
            state: state,
            isStandalone: Sandbox.isStandalone(status.sandbox, workDirectory: workDirectory)
        )
        networks = status.networks.map(\.message)
    }
}
