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
        return containers()
    }

    private func readRecords() throws(ContainerError) {
        do {
            for (id, record) in try runtime.records() { try restore(id, record) }
        } catch {
            throw .unusable(reason: "\(error)")
        }
        removeOrphanedCgroups(below: nil)
        leaveForgottenNetworks()
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

    private func restore(_ id: ContainerID, _ record: ContainerRecord?) throws(KernelError) {
        let isParentThere = state.withLock { state in id.parent.map { state.tree.nodes[$0] != nil } ?? true }
        guard let record, let known = record.process, isParentThere else {
            logger.notice("taking back a container that was being launched", metadata: ["container": "\(id)"])
            return try takeBack(id, record)
        }
        let process = record.boot == boot ? running(known) : nil
        let facts = withNetworks(record.facts, of: id)
        state.withLock { state in
            state.tree.restore(id, facts: facts, process: known)
            if let process { state.entries[id] = Entry(process: process) }
        }
    }

    /// The process that a record names, if it still is that process.
    private func running(_ known: ContainerProcess) -> Pidfd? {
        guard let process = try? Pidfd(opening: known.pid),
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
        for attempt in 0..<10 {
            cgroups.layout.killAll(in: path)
            do {
                if try cgroups.layout.remove(path) { return }
            } catch {
                logger.error("cannot remove a cgroup that belongs to no container", metadata: ["reason": "\(error)"])
                return
            }
            usleep(1000 << UInt32(attempt))
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
