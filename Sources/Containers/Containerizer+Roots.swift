import LinuxKernel
import Logging

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

    /// The root of a container that has one of its own, if there is a prepared one; another is prepared for the next.
    func takeRoot(for plan: LaunchPlan, _ userNamespace: Descriptor?) -> PreparedRoot? {
        // A prepared root has folders of its own already, which belong to no project of quotas.
        guard plan.facts.hasOwnRoot, diskProjects == nil else { return nil }
        let kind = PreparedRoot.Kind(layers: plan.rootLayers(places: runtime.placesPath), firstID: plan.facts.firstID)
        defer { prepareRoots(kind, userNamespace) }
        return roots.take(kind)
    }

    private func prepareRoots(_ kind: PreparedRoot.Kind, _ userNamespace: Descriptor?) {
        let job = { @Sendable [self] in
            do throws(KernelError) {
                try roots.fill(kind, namespace: userNamespace)
            } catch {
                // Nothing is lost but time: containers build their own.
                logger.debug("no root prepared", metadata: ["reason": "\(error)"])
            }
        }
        try? removers.submit(job)
    }

    /// Gives up prepared roots that nobody has asked for, now and then.
    func tidyRoots() {
        events.after(RootPool.patience) { [self] in
            try? removers.submit { self.roots.tidy() }
            tidyRoots()
        }
    }
}
