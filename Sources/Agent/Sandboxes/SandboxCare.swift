import AgentCore
import Cluster
import Containers
import Logging
import NIOPosix
import Synchronization

/// Removes sandboxes whose time is over, as long as the agent runs.
final class SandboxCare: Sendable {
    let counts = SandboxCounts()
    private let collector: Mutex<SandboxCollector>
    private let interval: Duration
    private let isEnding = ClosedFlag()
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ ground: AgentGround, _ cleanup: SandboxCleanup, logger: Logger) {
        let (containerizer, workDirectory) = (ground.containerizer, ground.workDirectory.path)
        interval = cleanup.interval
        collector = Mutex(
            SandboxCollector(
                workDirectory: workDirectory,
                cleanup: cleanup,
                holds: ground.preparation.holds,
                counts: counts,
                logger: logger,
                isEnding: isEnding,
                // Of what has ended, the last lines are still to be read, until it is forgotten; operators do that when they like.
                inUse: {
                    let used = containerizer.containers().filter {
                        $0.state != .ended || !Sandbox.isStandalone($0.sandbox, workDirectory: workDirectory)
                    }
                    return Set(used.map(\.id.root.value))
                }
            )
        )
        // Executors that ended while there was no agent are as if they had ended now.
        let names = Set(ground.found.filter { !$0.isStandalone }.map(\.id.root.value))
        for entry in SandboxTree(workDirectory: workDirectory).entries() where names.contains(entry.name) { entry.touch() }
    }

    /// Looks at once, and then again and again.
    func start() {
        task.withLock { task in
            task = Task {
                while !Task.isCancelled {
                    try? await NIOThreadPool.singleton.runIfActive { [self] in collector.withLock { $0.collect() } }
                    try? await Task.sleep(for: interval)
                }
            }
        }
    }

    /// Returns when nothing is removed any more.
    func stop() async {
        isEnding.set()
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }
}
