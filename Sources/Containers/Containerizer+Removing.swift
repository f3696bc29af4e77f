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
            Result { () throws(ContainerError) -> (sandbox: String?, rootSandbox: String?) in
                try state.tree.checkRemovable(id)
                guard state.removing.insert(id).inserted else { throw .unknown(id) }
                let facts = state.tree.nodes[id]?.facts
                // A session's is that of the container around it.
                return (facts?.isSession == true ? nil : facts?.sandbox, state.rootSandbox(of: id))
            }
        }
        let (sandbox, rootSandbox) = try found.get()
        defer { state.withLock { state in _ = state.removing.remove(id) } }
        try await result { (completion: @escaping Completion<Void>) in
            work {
                completion(
                    Result { () throws(ContainerError) in
                        try self.clearFiles(of: id, sandbox: withSandbox ? sandbox : nil, rootSandbox: rootSandbox)
                    }
                )
            }
        }
        let removed = state.withLock { state in
            Result { () throws(ContainerError) in _ = try state.tree.remove(id) }
        }
        try removed.get()
    }

    private func clearFiles(of id: ContainerID, sandbox: String?, rootSandbox: String?) throws(ContainerError) {
        do {
            let files = try sandbox.map { path throws(KernelError) in try runtime.discardSandbox(path, rootSandbox: rootSandbox) }
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

extension Containerizer.State {
    /// The sandbox of the outermost container around one; nothing at the top.
    func rootSandbox(of id: ContainerID) -> String? {
        id.depth > 1 ? tree.nodes[id.root]?.facts.sandbox : nil
    }
}
