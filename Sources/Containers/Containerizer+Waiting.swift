public import Cluster
public import LinuxKernel
import Synchronization

extension Containerizer {
    /// Waits until a container has ended and nothing runs in it any more. The result stays until it is removed.
    public func wait(_ id: ContainerID) async throws(ContainerError) -> ContainerTermination {
        try await result { completion in whenEnded(id, completion) }
    }

    private func whenEnded(_ id: ContainerID, _ completion: @escaping Completion<ContainerTermination>) {
        let result = state.withLock { state -> Result<ContainerTermination, ContainerError>? in
            guard let status = state.tree.status(of: id) else { return .failure(.unknown(id)) }
            if let termination = status.termination { return .success(termination) }
            guard !state.isStopped else { return .failure(.unusable(reason: "the agent is stopping")) }
            state.waiters[id, default: []].append(completion)
            return nil
        }
        if let result { completion(result) }
    }

    /// Sends a signal to a container's command. One that is still being set up is destroyed instead.
    ///
    /// - Throws: ``ContainerError/unknown(_:)`` if it has ended or never was.
    public func kill(_ id: ContainerID, signal: Int32) throws(ContainerError) {
        let (status, process) = state.withLock { ($0.tree.status(of: id), $0.entries[id]?.process) }
        switch status?.state {
        case .launching:
            try startDestroying(id)
        case .running, .ending:
            guard let process else { throw .unknown(id) }
            try send(signal, to: process, of: id)
        case .ended, nil:
            throw .unknown(id)
        }
    }

    private func send(_ signal: Int32, to process: Pidfd, of id: ContainerID) throws(ContainerError) {
        guard signal > 0, signal < Signal.end else {
            throw .signalFailed(id, KernelError("send signal \(signal)", code: Signal.invalidArgument))
        }
        do {
            // The container's first process hands signals on; this one would stop it before it could.
            let isStop = signal == Signal.stop
            try process.send(signal: isStop ? Signal.carrier : signal, payload: isStop ? signal : 0)
        } catch {
            throw error.code == Signal.noSuchProcess ? .unknown(id) : .signalFailed(id, error)
        }
    }

    /// Kills a container with all that is inside it, and waits until they are gone. One that has ended is fine.
    public func destroy(_ id: ContainerID) async throws(ContainerError) {
        try startDestroying(id)
        do {
            _ = try await wait(id)
        } catch {
            // A launch that had not been answered ends without leaving a result.
            guard case .unknown = error else { throw error }
        }
    }

    func startDestroying(_ id: ContainerID) throws(ContainerError) {
        let actions = state.withLock { state in
            Result { () throws(ContainerError) in try state.tree.destroy(id) }
        }
        perform(try actions.get())
    }

    /// Changes the limits of a container that has a cgroup of its own. What is not given stays as it is.
    public func update(_ id: ContainerID, limits: ResourceLimits) throws(ContainerError) {
        let old = state.withLock { $0.tree.nodes[id].map(\.facts) }
        guard let old else { throw .unknown(id) }
        guard let oldLimits = old.limits else {
            throw .invalid(id, reason: "it shares its parent's cgroup, so it has no limits of its own")
        }
        if let reason = limits.reasonAgainst { throw .invalid(id, reason: reason) }
        let limits = configuration.limits.applied(to: limits, of: id)
        // A process gets into these cgroups when it starts, or never.
        guard limits.processors == nil || oldLimits.processors != nil, !limits.concernsDisks || oldLimits.concernsDisks else {
            throw .invalid(id, reason: "limits on processors' names and on disks can be changed, but not begin while it runs")
        }
        let new = oldLimits.changed(by: limits)
        do {
            try cgroups.layout.limit(ContainerCgroups.path(of: id), limits)
            try runtime.append(ContainerRecord.line(of: new), to: id)
        } catch {
            throw .updateFailed(id, error)
        }
        state.withLock { state in state.tree.update(id) { $0.limits = new } }
    }
}
