public import Cluster
import LinuxKernel
import Logging
import Synchronization

extension Containerizer {
    /// Removes what is left of an ended container and of those inside it: what is known of it, and its sandbox.
    public func remove(_ id: ContainerID) async throws(ContainerError) {
        try await clear(id, withSandbox: true)
    }

    /// Forgets an ended container and those inside it, but leaves its sandbox.
    public func forget(_ id: ContainerID) async throws(ContainerError) {
        try await clear(id, withSandbox: false)
    }

    private func clear(_ id: ContainerID, withSandbox: Bool) async throws(ContainerError) {
        let found = state.withLock { state in
            Result { () throws(ContainerError) -> Remains in
                try state.tree.checkRemovable(id)
                guard state.removing.insert(id).inserted else { throw .unknown(id) }
                return state.remains(of: id)
            }
        }
        let remains = try found.get()
        defer { state.withLock { state in _ = state.removing.remove(id) } }
        try await result { (completion: @escaping Completion<Void>) in
            work {
                completion(
                    Result { () throws(ContainerError) in
                        try self.clearFiles(of: id, remains, withSandbox: withSandbox)
                    }
                )
            }
        }
        let removed = state.withLock { state in
            Result { () throws(ContainerError) in _ = try state.tree.remove(id) }
        }
        try removed.get()
    }

    private func clearFiles(of id: ContainerID, _ remains: Remains, withSandbox: Bool) throws(ContainerError) {
        let rootSandbox = remains.rootSandbox
        let sandbox = withSandbox ? remains.sandbox : nil
        do {
            let files = try sandbox.map { path throws(KernelError) in try runtime.discardSandbox(path, rootSandbox: rootSandbox) }
            returnProjects(remains.projects, of: id, sandbox: remains.sandbox, rootSandbox: rootSandbox, to: remains.projectAround)
            remove(try (files ?? []) + runtime.discard(id))
        } catch {
            throw .removalFailed(id, error)
        }
    }

    /// Removes what is out of sight already; nobody waits for it.
    private func remove(_ discarded: [RuntimeFolder.Discarded]) {
        let job = { @Sendable [logger] in
            for one in discarded {
                do throws(KernelError) {
                    try one.remove()
                } catch {
                    logger.error("something is left of a removed container", metadata: ["reason": "\(error)"])
                }
            }
        }
        // Without any thread for it, it is done here.
        do { try removers.submit(job) } catch { job() }
    }
}

/// What is left of an ended container.
private struct Remains {
    /// Nothing if it is that of the container around it.
    var sandbox: String?
    var rootSandbox: String?
    /// Its own and those of the containers inside it.
    var projects: [UInt32]
    var projectAround: UInt32?
}

extension Containerizer.State {
    fileprivate func remains(of id: ContainerID) -> Remains {
        let facts = tree.nodes[id]?.facts
        return Remains(
            sandbox: facts?.isSession == true ? nil : facts?.sandbox,
            rootSandbox: rootSandbox(of: id),
            projects: projects(atAndBelow: id),
            projectAround: projectAround(id)
        )
    }

    /// The sandbox of the outermost container around one; nothing at the top.
    func rootSandbox(of id: ContainerID) -> String? {
        id.depth > 1 ? tree.nodes[id.root]?.facts.sandbox : nil
    }
}
