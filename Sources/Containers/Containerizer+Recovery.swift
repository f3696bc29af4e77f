public import Cluster
import Glibc
import LinuxKernel
import Logging
import Synchronization

extension Containerizer {
    /// Finds the containers of an earlier process again: those that run, and those that ended meanwhile, with their
    /// status. What was still being set up is taken back, and cgroups of ours that belong to no container are emptied
    /// and removed. To be called once, before anything else.
    ///
    /// - Parameter known: the containers at the top that are to go on; all others are destroyed and forgotten, their
    ///   sandboxes left. Nothing: all go on.
    /// - Returns: what was found and goes on, parents before those inside them.
    public func recover(known: Set<ContainerID>?) async throws(ContainerError) -> [ContainerStatus] {
        try await result { (completion: @escaping Completion<Void>) in
            work {
                completion(Result { () throws(ContainerError) in try self.readRecords() })
            }
        }
        if let known { try await destroyUnknown(except: known) }
        await settle()
        checkNetworks()
        return containers()
    }

    private func readRecords() throws(ContainerError) {
        let deadline = ContinuousClock.now + configuration.launchTimeout
        do {
            for (id, record) in try runtime.records() { try restore(id, record, launchDeadline: deadline) }
            try runtime.removeForgotten()
        } catch {
            throw .unusable(reason: "\(error)")
        }
        removeOrphanedCgroups(below: nil)
        leaveForgottenNetworks()
        limitRestoredProjects()
        // Only now, with all containers in place, may one that has ended take those inside along.
        let processes = state.withLock { state in state.entries.map { ($0.key, $0.value.process) } }
        for (id, process) in processes {
            do {
                try watchProcess(of: id, process)
            } catch {
                throw .unusable(reason: "\(error)")
            }
        }
        endDead()
        endSessions()
    }

    /// Those they were launched for are gone.
    private func endSessions() {
        let sessions = state.withLock { state in state.tree.nodes.filter(\.value.facts.isSession).map(\.key) }
        for id in sessions { try? startDestroying(id) }
    }

    private func restore(_ id: ContainerID, _ record: ContainerRecord?, launchDeadline: ContinuousClock.Instant) throws(KernelError) {
        let isParentThere = state.withLock { state in id.parent.map { state.tree.nodes[$0] != nil } ?? true }
        guard let record, let known = record.process, isParentThere, try hasStarted(id, record, deadline: launchDeadline) else {
            logger.notice("taking back a container that was being launched", metadata: ["container": "\(id)"])
            return try takeBack(id, record)
        }
        let process = running(record)
        let facts = withNetworks(record.facts, of: id)
        adoptUserNamespace(of: id, facts)
        state.withLock { state in
            state.tree.restore(id, facts: facts, process: known)
            if let process { state.entries[id] = Entry(process: process) }
        }
    }

    /// Whether a launch succeeded, of which the earlier process of ours may not have heard. One that has leave to go on or
    /// none of it will tell at once which it is; one that is stuck is killed.
    private func hasStarted(_ id: ContainerID, _ record: ContainerRecord, deadline: ContinuousClock.Instant) throws(KernelError) -> Bool {
        if record.hasStarted { return true }
        while let process = running(record), !process.hasEnded(within: 1) {
            if try runtime.record(of: id)?.hasStarted == true { return true }
            guard ContinuousClock.now < deadline else {
                logger.error("killing a container that was being launched and is stuck", metadata: ["container": "\(id)"])
                try process.send(signal: Signal.kill)
                break
            }
        }
        return try runtime.record(of: id)?.hasStarted == true
    }

    /// The process that a record names, if it still is that process.
    private func running(_ record: ContainerRecord) -> Pidfd? {
        guard record.boot == boot, let known = record.process, let process = try? Pidfd(opening: known.pid),
            // Asked for after the reference was taken, the start is that of the process referred to, or it has ended.
            let ticks = try? ProcessStart.ticks(of: known.pid), ticks == known.startTicks
        else { return nil }
        // A child of ours that has ended is there until its status is taken.
        return ((try? process.reap()) ?? nil) == nil ? process : nil
    }

    /// Its first process, if there was one, has ended by itself: it had no leave to go on.
    private func takeBack(_ id: ContainerID, _ record: ContainerRecord?) throws(KernelError) {
        let path = ContainerCgroups.path(of: id)
        if record?.facts.isTracked == true { cgroups.layout.killAll(in: path) }
        removeOrphanedCgroup(path)
        let rootSandbox = state.withLock { $0.rootSandbox(of: id) }
        if let record, record.isSandboxNew, id.parent == nil || rootSandbox != nil {
            try SandboxFolder.remove(record.facts.sandbox, rootSandbox: rootSandbox)
        }
        try runtime.remove(id)
    }

    /// Containers whose process is gone get their end: the status that their record has, or that of a kill.
    private func endDead() {
        let dead = state.withLock { state in
            state.tree.nodes.keys.filter { state.entries[$0] == nil }.sorted { $0.depth > $1.depth }
        }
        for id in dead { perform(state.withLock { $0.tree.processEnded(id, waitStatus: Signal.kill) }) }
    }

    // MARK: What belongs to nobody

    private func removeOrphanedCgroups(below id: ContainerID?) {
        let known = state.withLock { state in
            id.map { state.tree.children(of: $0) } ?? state.tree.nodes.keys.filter { $0.depth == 1 }
        }
        let names = Dictionary(known.map { (ContainerCgroups.name(of: $0.value), $0) }) { first, _ in first }
        for name in cgroups.names(below: id) {
            if let child = names[name] {
                removeOrphanedCgroups(below: child)
            } else {
                removeOrphanedCgroup((id.map { ContainerCgroups.path(of: $0) + "/" } ?? "") + name)
            }
        }
    }

    private func removeOrphanedCgroup(_ path: String) {
        // On a busy machine processes that are killed take some seconds to be gone.
        for attempt in 0..<20 {
            cgroups.layout.killAll(in: path)
            do {
                if try cgroups.layout.remove(path) { return }
            } catch {
                logger.error("cannot remove a cgroup that belongs to no container", metadata: ["reason": "\(error)"])
                return
            }
            usleep(1000 << min(UInt32(attempt), 10))
        }
        logger.error("processes in a cgroup that belongs to no container do not end", metadata: ["cgroup": "\(path)"])
    }

    private func destroyUnknown(except known: Set<ContainerID>) async throws(ContainerError) {
        let unknown = state.withLock { state in state.tree.nodes.keys.filter { $0.depth == 1 && !known.contains($0) } }
        for id in unknown {
            logger.notice("destroying a container that nobody knows", metadata: ["container": "\(id)"])
            try await destroy(id)
            try await forget(id)
        }
    }

    /// Waits until all that had ended is cleaned up, so that its result is there.
    private func settle() async {
        let ending = containers().filter { $0.state == .ending }
        for container in ending { _ = try? await wait(container.id) }
    }
}
