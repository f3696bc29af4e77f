import Glibc
import LinuxKernel
import Logging
import Synchronization

/// Removes the sandboxes of what has ended, when their time is over.
///
/// How old one is, its folder's time tells: as long as something runs in it, each round makes it new. So nothing need be
/// written down for the time after a restart. What is to go is first moved out of sight, whole, then removed: a removal
/// that is broken off goes on in the next round, also of another process. No link is followed; a file system that is
/// mounted in a sandbox is left, and with it the folders above.
struct SandboxCollector {
    let workDirectory: String
    let cleanup: SandboxCleanup
    let holds: SandboxHolds
    let counts: SandboxCounts
    let logger: Logger
    /// Set when the agent ends.
    let isEnding: ClosedFlag
    /// The names of the outermost containers that somebody still needs: those of their sandboxes.
    let inUse: @Sendable () -> Set<String>
    /// What those that nobody writes into any more take, by inode, in bytes.
    private var sizes: [UInt: Int64] = [:]
    private var toldOf: Set<String> = []

    private static let removed = "removed"
    private static let mostEntries = 10_000_000

    init(
        workDirectory: String,
        cleanup: SandboxCleanup,
        holds: SandboxHolds,
        counts: SandboxCounts,
        logger: Logger,
        isEnding: ClosedFlag,
        inUse: @escaping @Sendable () -> Set<String>
    ) {
        self.workDirectory = workDirectory
        self.cleanup = cleanup
        self.holds = holds
        self.counts = counts
        self.logger = logger
        self.isEnding = isEnding
        self.inUse = inUse
    }

    /// One round. Blocking.
    mutating func collect() {
        guard let place = try? Folder.make("\(workDirectory)/\(Self.removed)", mode: 0o700) else { return }
        removeAll(in: place)
        holds.beginRound()
        let tree = SandboxTree(workDirectory: workDirectory)
        let entries = tree.entries()
        // Asked after the folders were listed: what is not in use now is in none of them, unless it is held.
        let used = inUse()
        let now = Self.now
        for entry in entries where used.contains(entry.name) || entry.changed > now { entry.touch() }
        let ended = entries.filter { !used.contains($0.name) && $0.changed <= now }.sorted { $0.changed < $1.changed }
        let age = cleanup.longest(free: free) / .seconds(1)
        var outdated = ended.prefix { $0.changed <= now - age }
        if let limit = cleanup.maximumBytes { outdated = ended.prefix(max(outdated.count, countBeyond(limit, ended))) }
        for entry in outdated where !isEnding.isSet { take(entry, to: place) }
        counts.pending.store(ended.count - outdated.count, ordering: .relaxed)
        tree.removeEmptyFolders(holds: holds)
    }

    private mutating func take(_ entry: SandboxTree.Entry, to place: Folder) {
        var code: Int32 = 0
        var isTaken = false
        let name = "\(entry.inode)-\(UInt64.random(in: 0 ... .max))"
        holds.unlessHeld(entry.path) {
            isTaken = renameat(entry.parent.descriptor.number, entry.name, place.descriptor.number, name) == 0
            code = errno
        }
        guard isTaken else {
            if code != 0 { tell(entry.path, KernelError("move \(entry.path) to remove it", code: code)) }
            return
        }
        sizes[entry.inode] = nil
        logger.info("a sandbox is removed", metadata: ["sandbox": "\(entry.path)"])
        remove(name, in: place)
    }

    private mutating func removeAll(in place: Folder) {
        for name in (try? place.names()) ?? [] where !isEnding.isSet { remove(name, in: place) }
    }

    private mutating func remove(_ name: String, in place: Folder) {
        do throws(KernelError) {
            try place.removeTree(name)
            counts.succeeded.add(1, ordering: .relaxed)
        } catch {
            tell("\(place.path)/\(name)", error)
        }
    }

    /// Once for each, though it is tried in every round.
    private mutating func tell(_ path: String, _ error: KernelError) {
        guard toldOf.count < 10_000, toldOf.insert(path).inserted else { return }
        counts.failed.add(1, ordering: .relaxed)
        logger.warning("a sandbox cannot be removed", metadata: ["sandbox": "\(path)", "reason": "\(error)"])
    }

    /// How many of the oldest must go so that the others take no more than a limit.
    private mutating func countBeyond(_ limit: Int64, _ ended: [SandboxTree.Entry]) -> Int {
        var sum: Int64 = 0
        for (index, entry) in ended.enumerated().reversed() {
            sum = sum.addingReportingOverflow(size(of: entry)).partialValue
            guard sum <= limit else { return index + 1 }
        }
        return 0
    }

    private mutating func size(of entry: SandboxTree.Entry) -> Int64 {
        if let known = sizes[entry.inode] { return known }
        let folder = try? entry.parent.folder(entry.name, links: .sameFileSystem)
        let size = folder.flatMap { try? FolderSize.measure($0, entryLimit: Self.mostEntries) }?.bytes ?? 0
        sizes[entry.inode] = size
        return size
    }

    private var free: Double {
        var status = statvfs()
        guard statvfs(workDirectory, &status) == 0 else { return 1 }
        let used = Double(status.f_blocks) - Double(status.f_bfree)
        let usable = used + Double(status.f_bavail)
        return usable > 0 ? Double(status.f_bavail) / usable : 1
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What became of sandboxes since the start of the process.
final class SandboxCounts: Sendable {
    let succeeded = Atomic(0)
    let failed = Atomic(0)
    /// Those that have ended and are still kept.
    let pending = Atomic(0)
}
