public import Cluster
import LinuxKernel
import Logging
import Networks
import Synchronization

/// Launches containers, nested as deep as the kernel allows, waits for them, and finds them again after a restart.
///
/// Containers outlive this object and its process: what must be known of them is written down before a launch is
/// answered, and ``recover(known:)`` picks them up again. See `docs/containers.md`.
///
/// Nothing here waits on the caller's thread. Work that blocks is done by a few threads of its own, so that a container
/// whose file system does not answer keeps no other waiting; all processes are waited for by one thread.
public final class Containerizer: Sendable {
    typealias Completion<Value: Sendable> = @Sendable (Result<Value, ContainerError>) -> Void

    /// A container's first process, and what is needed of it while it is being set up.
    struct Entry: Sendable {
        var process: Pidfd
        var pending: PendingLaunch?
        /// Keeps a root that was built for the container from being taken apart while somebody waits for its end.
        var mounts: Descriptor?
        /// What it had on the disk when that was last measured, in bytes.
        var diskUsedBytes: Int64?
        /// What plugins said when they were last asked how its networks are, if something was wrong.
        var networkFailure: String?
    }

    struct State: Sendable {
        var tree: ContainerTree
        var entries: [ContainerID: Entry] = [:]
        var waiters: [ContainerID: [Completion<ContainerTermination>]] = [:]
        /// Containers that are being removed.
        var removing: Set<ContainerID> = []
        var isStopped = false
    }

    let configuration: ContainerizerConfiguration
    let program: Descriptor
    let input: Descriptor
    let runtime: RuntimeFolder
    let cgroups: ContainerCgroups
    let boot: String
    let networks: ContainerNetworks
    /// Nothing: what containers have on the disk is measured.
    let diskProjects: DiskProjects?
    let userNamespaces = UserNamespaces()
    let roots: RootPool
    let isPreparationDue = Atomic(false)
    let workers = WorkerPool(name: "containers")
    /// Apart from the others, as plugins of networks may take their time.
    let networkWorkers = WorkerPool(name: "networks")
    /// Apart, too, so that nobody waits for the disk behind what is removed.
    let removers = WorkerPool(name: "removers")
    let events: EventThread
    let state: Mutex<State>

    var logger: Logger { configuration.logger }

    /// Prepares to launch containers. Those of an earlier process are found by ``recover(known:)``, which comes first.
    ///
    /// - Throws: ``ContainerError/unusable(reason:)`` if something is missing that containers need.
    public init(configuration: ContainerizerConfiguration) throws(ContainerError) {
        self.configuration = configuration
        program = try InitProgram.load(configuration.initPath)
        runtime = try RuntimeFolder(configuration.runtimeDirectory, writable: configuration.writableDirectory)
        diskProjects = try DiskProjects.find(configuration, in: runtime.writable)
        cgroups = try ContainerCgroups(parent: configuration.cgroupParent, runtimeDirectory: configuration.runtimeDirectory)
        state = Mutex(State(tree: ContainerTree(maximumContainers: configuration.maximumContainers)))
        do {
            networks = try ContainerNetworks(
                configuration: configuration.networks,
                directory: configuration.runtimeDirectory,
                ground: ContainerCgroups.digest(of: configuration.runtimeDirectory),
                logger: configuration.logger
            )
            roots = RootPool(folder: try runtime.preparedRoots(), Self.emptyMounts(runtime, configuration.logger))
            boot = try ProcessStart.boot()
            input = try Descriptor.nullDevice()
            events = try EventThread(name: "container-ends")
        } catch {
            throw .unusable(reason: "\(error)")
        }
        watchDisks()
        tidyRoots()
    }

    /// Stops looking after the containers, which run on; another containerizer may take over the runtime directory.
    /// Who still waits is told so. If no container is left, its cgroups and threads leave nothing behind.
    public func shutdown() {
        events.stop()
        let waiters = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap { $0 }
        }
        for waiter in waiters { waiter(.failure(.unusable(reason: "the agent is stopping"))) }
        workers.stop()
        networkWorkers.stop()
        removers.stop()
        roots.close()
        networks.close()
        cgroups.layout.removeOurs()
        runtime.unlock()
    }

    // MARK: Looking

    /// All containers that are known, parents before those inside them.
    public func containers() -> [ContainerStatus] {
        let tree = state.withLock { $0.tree }
        return tree.nodes.keys.sorted().compactMap { tree.status(of: $0) }
    }

    /// One container as it stands now.
    public func status(of id: ContainerID) throws(ContainerError) -> ContainerStatus {
        guard let status = state.withLock({ $0.tree.status(of: id) }) else { throw .unknown(id) }
        return status
    }

    // MARK: Doing what the tree says

    /// Carries out what follows from a change of the state.
    func perform(_ actions: [ContainerTree.Action]) {
        for action in actions {
            switch action {
            case .kill(let id): kill(id)
            case .release(let id, let waitStatus): startReleasing(id, waitStatus: waitStatus)
            case .announce(let id): announce(id)
            }
        }
    }

    private func kill(_ id: ContainerID) {
        guard let process = state.withLock({ $0.entries[id]?.process }) else { return }
        do {
            try process.send(signal: Signal.kill)
        } catch {
            // One that has ended already is what was wanted; its end is on its way to us.
            if error.code != Signal.noSuchProcess {
                logger.error("cannot kill a container", metadata: ["container": "\(id)", "reason": "\(error)"])
            }
        }
    }

    private func announce(_ id: ContainerID) {
        let (waiters, termination, entry) = state.withLock { state in
            let waiters = state.waiters.removeValue(forKey: id) ?? []
            return (waiters, state.tree.status(of: id)?.termination, state.entries.removeValue(forKey: id))
        }
        guard let termination else { return }
        for waiter in waiters { waiter(.success(termination)) }
        // Here its mounts may go, which takes the kernel a while.
        withExtendedLifetime(entry) {}
    }

    private func startReleasing(_ id: ContainerID, waitStatus: Int32) {
        let facts = state.withLock { $0.tree.nodes[id]?.facts }
        work(withNetworks: facts?.hasOwnNetwork == true) { self.release(id, waitStatus: waitStatus, attempt: 0) }
    }

    /// Has something done on a thread that may wait. Without any such thread it is done here, as it must be done.
    func work(withNetworks: Bool = false, _ job: @escaping @Sendable () -> Void) {
        do {
            try (withNetworks ? networkWorkers : workers).submit(job)
        } catch {
            logger.warning("no thread for work on containers", metadata: ["reason": "\(error)"])
            job()
        }
    }

    /// Waits for work on another thread.
    func result<Value: Sendable>(
        _ start: @Sendable (@escaping Completion<Value>) -> Void
    ) async throws(ContainerError) -> Value {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, ContainerError>, Never>) in
            start { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
