import LinuxKernel
import Logging
import Synchronization

extension Containerizer {
    /// What the mount namespaces of containers begin with; nothing where none can be made, so that they begin with the machine's.
    static func emptyMounts(_ runtime: RuntimeFolder, _ logger: Logger) -> MountNamespace? {
        do throws(KernelError) {
            return try MountNamespace.empty(place: runtime.rootPlacePath)
        } catch {
            logger.info("containers begin with the mounts of the machine", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// The root of a container that has one of its own, if there is a prepared one. It has folders of its own already, which
    /// belong to no project of quotas.
    func takeRoot(for plan: LaunchPlan) -> PreparedRoot? {
        guard plan.facts.hasOwnRoot, diskProjects == nil else { return nil }
        return roots.take(PreparedRoot.Kind(layers: plan.rootLayers(places: runtime.placesPath), firstID: plan.facts.firstID))
    }

    /// Builds roots in place of those that were taken, a little later: the command that was just started is not to wait for us.
    func prepareRootsSoon() {
        guard !isPreparationDue.exchange(true, ordering: .relaxed) else { return }
        events.after(Self.pause) { [self] in prepareRoots() }
    }

    /// Builds roots in place of those that were taken, on a thread that nobody waits for.
    func prepareRoots() {
        try? removers.submit { [self] in
            isPreparationDue.store(false, ordering: .relaxed)
            do throws(KernelError) {
                try roots.fill { first throws(KernelError) in try userNamespaces.namespace(first: first) }
            } catch {
                // Nothing is lost but time: containers build their own.
                logger.debug("no root prepared", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Gives up prepared roots that nobody has asked for, now and then.
    func tidyRoots() {
        events.after(RootPool.patience) { [self] in
            try? removers.submit { self.roots.tidy() }
            tidyRoots()
        }
    }

    private static let pause = Duration.milliseconds(20)
}
