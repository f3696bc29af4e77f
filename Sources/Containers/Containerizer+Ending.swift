import Cluster
import LinuxKernel
import Logging
import Synchronization

extension Containerizer {
    /// Has the end of a container's first process reported. Called for each process once.
    func watchProcess(of id: ContainerID, _ process: Pidfd) throws(KernelError) {
        _ = try events.watch(process.descriptor) { [self] in processEnded(id, process) }
    }

    private func processEnded(_ id: ContainerID, _ process: Pidfd) {
        let waitStatus = status(of: process)
        // A short command may be over before the report that it was started has been read.
        readReport(of: id)
        let isPending = state.withLock { $0.entries[id]?.pending != nil }
        if isPending {
            launchFailed(id, waitStatus: waitStatus)
        } else {
            perform(state.withLock { $0.tree.processEnded(id, waitStatus: waitStatus) })
        }
    }

    /// How a process ended. One that an earlier process of ours started is not ours to ask; the container's record will
    /// tell, unless it was killed before it could write.
    private func status(of process: Pidfd) -> Int32 {
        ((try? process.reap()) ?? nil) ?? Signal.kill
    }

    // MARK: Cleaning up behind a container

    /// How often cleaning up is tried, and how long is waited in between: first 1 ms, then twice as long each time.
    private static let attempts = 13

    func release(_ id: ContainerID, waitStatus: Int32, attempt: Int) {
        guard let facts = state.withLock({ $0.tree.nodes[id]?.facts }) else { return }
        let path = ContainerCgroups.path(of: id)
        if facts.sharesPIDNamespace { cgroups.layout.killAll(in: path) }
        if facts.hasOwnNetwork, attempt == 0 { leaveNetworks(id) }
        if attempt == 0 {
            noteLimitation(of: id, waitStatus: waitStatus)
            if !facts.isSession { noteUse(of: id) }
        }
        guard removeCgroup(of: id, facts: facts) || attempt == Self.attempts else {
            events.after(.milliseconds(1 << attempt)) { [self] in
                work { self.release(id, waitStatus: waitStatus, attempt: attempt + 1) }
            }
            return
        }
        let termination = termination(of: id, fallback: waitStatus)
        perform(state.withLock { $0.tree.released(id, termination: termination) })
        prepareRoots()
    }

    /// Whether nothing of a container's cgroup is left. One that shares its parent's may still have had one made above
    /// the cgroups of containers inside it.
    private func removeCgroup(of id: ContainerID, facts: ContainerFacts) -> Bool {
        let path = ContainerCgroups.path(of: id)
        do {
            return try cgroups.layout.remove(path)
        } catch {
            logger.error("cannot remove a cgroup", metadata: ["container": "\(id)", "reason": "\(error)"])
            return true
        }
    }

    /// Writes down that memory ran out, as the counter goes with the cgroup. In one that containers share, each death by the kernel
    /// is told of one of those whose command was, or had, what was killed.
    private func noteLimitation(of id: ContainerID, waitStatus: Int32) {
        guard let (home, limit) = endedUnasked(id) else { return }
        let path = ContainerCgroups.path(of: home)
        let kills = cgroups.layout.memoryKills(in: path)
        if home != id {
            let status = ((try? runtime.record(of: id)) ?? nil)?.waitStatus ?? waitStatus
            guard kills > 0, Self.isOfKilled(status), state.withLock({ $0.tree.takeMemoryKill(in: home, of: kills) }) else { return }
        }
        guard kills > 0 else { return }
        let peak = cgroups.layout.memoryPeak(in: path)
        do {
            try runtime.append(ContainerRecord.line(of: .init(limit: limit, peak: peak)), to: id)
        } catch {
            logger.error("cannot write down why a container ended", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }

    /// Where a container's memory counts and is limited, if the container ended before anybody wanted it to.
    private func endedUnasked(_ id: ContainerID) -> (home: ContainerID, limit: Int64)? {
        state.withLock { state in
            guard state.tree.nodes[id]?.endedUnasked == true, let home = state.tree.nearest(id, where: { $0.limits != nil }) else {
                return nil
            }
            return state.tree.nodes[home]?.facts.limits?.memoryBytes.map { (home, $0) }
        }
    }

    /// Whether a command was killed, or is a shell whose last program was.
    private static func isOfKilled(_ waitStatus: Int32) -> Bool {
        waitStatus & 0x7f == Signal.kill || waitStatus == (128 + Signal.kill) << 8
    }

    /// Writes down what it had used, as the figures go with the cgroup.
    private func noteUse(of id: ContainerID) {
        let (home, limits) = state.withLock { state in
            let home = state.tree.nearest(id) { $0.limits != nil }
            return (home, home.flatMap { state.tree.nodes[$0]?.facts.limits })
        }
        guard let home else { return }
        let path = ContainerCgroups.path(of: home)
        let time = cgroups.layout.processorTime(in: path)
        var use = ContainerUse()
        use.memoryPeakBytes = cgroups.layout.memoryPeak(in: path)
        use.memoryLimitBytes = limits?.memoryBytes
        use.cpuUserMicroseconds = time.userMicroseconds
        use.cpuSystemMicroseconds = time.systemMicroseconds
        use.isShared = home != id
        // After a restart of ours in the middle of this, the cgroup may be gone, and what was written down stands.
        guard use.isKnown else { return }
        do {
            try runtime.append(ContainerRecord.line(of: use), to: id)
        } catch {
            logger.error("cannot write down what a container used", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }

    private func termination(of id: ContainerID, fallback: Int32) -> ContainerTermination {
        let record = (try? runtime.record(of: id)) ?? nil
        var termination = Self.termination(record, waitStatus: record?.waitStatus ?? fallback)
        termination.use = record?.use
        return termination
    }

    private static func termination(_ record: ContainerRecord?, waitStatus: Int32) -> ContainerTermination {
        if waitStatus != 0, let limitation = record?.diskLimitation { return ContainerTermination(waitStatus: waitStatus, limitation) }
        // One that another signal ended was told to end.
        let mayLack = waitStatus != 0 && [0, Signal.kill].contains(waitStatus & 0x7f)
        guard mayLack, let limitation = record?.memoryLimitation else { return ContainerTermination(waitStatus: waitStatus) }
        let limit = limitation.limit
        let peak = limitation.peak.map { ", having used \($0) bytes at most" } ?? ""
        return ContainerTermination(
            waitStatus: waitStatus,
            limitation: .memory(limitBytes: limit),
            message: "Memory limit exceeded: the kernel killed a process of the container at its limit of \(limit) bytes "
                + "(\(limit >> 20) MiB)\(peak); ask for more memory"
        )
    }
}

extension ContainerTermination {
    fileprivate init(waitStatus: Int32, _ limitation: ContainerRecord.DiskLimitation) {
        let (used, limit) = (limitation.used, limitation.limit)
        self.init(
            waitStatus: waitStatus,
            limitation: .disk(limitBytes: limit, usedBytes: used),
            message: limitation.folder.map {
                "Disk limit exceeded: the folder \($0) of the sandbox had \(used) bytes (\(used >> 20) MiB), \(limit) (\(limit >> 20) MiB) are "
                    + "its limit; give the volume a larger size, or remove files earlier"
            }
                ?? "Disk limit exceeded: the container had \(used) bytes (\(used >> 20) MiB) on the disk, \(limit) (\(limit >> 20) MiB) are "
                + "its limit; ask for more disk, or remove files earlier"
        )
    }
}
