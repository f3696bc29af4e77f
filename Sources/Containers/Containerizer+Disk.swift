public import Cluster
import LinuxKernel
import Logging
import Synchronization

extension Containerizer {
    /// How much is counted of one container at a time.
    static let countedEntries = 1_000_000

    /// Has it looked again and again what containers have on the disk: one container after the other, by one thread, with a pause after
    /// each round.
    func watchDisks() {
        events.after(configuration.diskWatchInterval) { [weak self] in
            self?.work { [weak self] in
                self?.measureDisks()
                self?.watchDisks()
            }
        }
    }

    private func measureDisks() {
        let running = state.withLock { state in
            state.tree.nodes.filter { id, node in
                guard case .running = node.state else { return false }
                return id.depth == 1 || node.facts.diskBytes != nil || !node.facts.folderLimits.isEmpty
            }
        }
        for (id, node) in running {
            if let limitation = overfullFolder(of: id, node.facts) {
                end(id, limitation)
                continue
            }
            guard let used = countedUsage(of: id) ?? measuredUsage(of: id, node.facts) else { continue }
            state.withLock { $0.entries[id]?.diskUsedBytes = used }
            guard configuration.enforcesDiskLimits, let limit = node.facts.diskBytes, used > limit else { continue }
            end(id, ContainerRecord.DiskLimitation(limit: limit, used: used))
        }
    }

    /// What its sandbox takes, with the sandboxes of containers inside, and what all these wrote into their images.
    private func measuredUsage(of id: ContainerID, _ facts: ContainerFacts) -> Int64? {
        let (rootSandbox, writers) = state.withLock { ($0.rootSandbox(of: id), $0.tree.writersToLayers(atAndBelow: id)) }
        let folders = [try? SandboxFolder.open(facts.sandbox, rootSandbox: rootSandbox)] + writers.flatMap(runtime.written)
        let sizes = folders.compactMap { folder in
            folder.flatMap { try? FolderSize.measure($0, entryLimit: Self.countedEntries) }
        }
        guard let first = sizes.first else { return nil }
        return sizes.dropFirst().reduce(first.bytes) { $0 + $1.bytes }
    }

    /// A folder that has more in it than it may.
    private func overfullFolder(of id: ContainerID, _ facts: ContainerFacts) -> ContainerRecord.DiskLimitation? {
        guard !facts.folderLimits.isEmpty else { return nil }
        let rootSandbox = state.withLock { $0.rootSandbox(of: id) }
        guard let sandbox = try? SandboxFolder.open(facts.sandbox, rootSandbox: rootSandbox) else { return nil }
        for (path, limit) in facts.folderLimits {
            guard let folder = try? sandbox.folder(path),
                let used = try? FolderSize.measure(folder, entryLimit: Self.countedEntries).bytes, used > limit
            else { continue }
            return ContainerRecord.DiskLimitation(limit: limit, used: used, folder: path)
        }
        return nil
    }

    private func end(_ id: ContainerID, _ limitation: ContainerRecord.DiskLimitation) {
        let (limit, used) = (limitation.limit, limitation.used)
        logger.info("a container uses more disk than its limit", metadata: ["container": "\(id)", "limit": "\(limit)", "used": "\(used)"])
        do {
            try runtime.append(ContainerRecord.line(of: limitation), to: id)
            if limitation.folder != nil { tellInner(of: id, limitation) }
            try startDestroying(id)
        } catch {
            // It may have ended meanwhile; else the next round tries again.
            logger.debug("a container over its disk limit was not ended", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }

    /// Those inside a container share its folders, and end before it does: the reason is theirs, too.
    private func tellInner(of id: ContainerID, _ limitation: ContainerRecord.DiskLimitation) {
        let inner = state.withLock { state in
            state.tree.nodes.filter { inner, node in
                guard case .running = node.state else { return false }
                return inner.isDescendant(of: id)
            }.map(\.key)
        }
        // One that is gone by now needs no reason.
        for inner in inner { try? runtime.append(ContainerRecord.line(of: limitation), to: inner) }
    }

    /// Changes what a container may write, in bytes; nothing: as much as there is.
    public func limitDisk(of id: ContainerID, to bytes: Int64?) throws(ContainerError) {
        guard state.withLock({ $0.tree.nodes[id] != nil }) else { throw .unknown(id) }
        do {
            try runtime.append(ContainerRecord.line(ofDiskLimit: bytes), to: id)
        } catch {
            throw .updateFailed(id, error)
        }
        let facts = state.withLock { state in
            state.tree.update(id) { $0.diskBytes = bytes }
            return state.tree.nodes[id]?.facts
        }
        do {
            try facts.map(limitProject)
        } catch {
            throw .updateFailed(id, error)
        }
    }
}

extension ContainerTree {
    /// A container and those inside it, as far as they have roots of their own.
    fileprivate func writersToLayers(atAndBelow id: ContainerID) -> [ContainerID] {
        (nodes[id]?.facts.writesToLayers == true ? [id] : []) + children(of: id).flatMap { writersToLayers(atAndBelow: $0) }
    }
}
