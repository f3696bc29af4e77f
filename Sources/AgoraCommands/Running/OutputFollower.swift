import Cluster
import Synchronization

/// Reads an output of a sandbox as it grows, and all of it before it stops: its file, and those before it that are full.
struct OutputFollower: Sendable {
    /// Pause between two reads while nothing comes; short at first, because what is quick should be shown quickly.
    static let pauses = (first: Duration.milliseconds(20), longest: Duration.milliseconds(200))
    /// Time for which an agent may fail to answer once the task has ended.
    static let patience = Duration.seconds(5)

    /// Told when a task has ended, so that the end of its files is their end.
    final class Ending: Sendable {
        private let flag = Atomic(false)
        var hasCome: Bool { flag.load(ordering: .acquiring) }
        func come() { flag.store(true, ordering: .releasing) }
    }

    let agent: AgentClient
    let path: String
    let ending: Ending
    /// How much of the output was shown already, in bytes.
    var start: UInt64 = 0
    /// Takes bytes; false when nobody wants any more.
    let deliver: @Sendable ([UInt8]) async -> Bool

    /// - Throws: why not all could be read.
    func run() async throws(ClientError) {
        guard let skipped = try await showFullFiles() else { return }
        var offset = skipped
        var pause = Self.pauses.first
        var failures = Failures()
        while !Task.isCancelled {
            // Asked before reading: what is written before the end is there to be read after it.
            let isLast = ending.hasCome
            do {
                let piece = try await agent.read(path, from: offset)
                failures = Failures()
                if let piece, !piece.bytes.isEmpty {
                    offset += UInt64(piece.bytes.count)
                    pause = Self.pauses.first
                    guard await deliver(piece.bytes) else { return }
                    continue
                }
                if isLast { return }
            } catch {
                if isLast && failures.last(longerThan: Self.patience) { throw error }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.pauses.longest)
        }
    }

    /// Shows the files that were full, the oldest first.
    ///
    /// - Returns: where to go on in the newest; nothing when nobody wants any more.
    private func showFullFiles() async throws(ClientError) -> UInt64? {
        var skipped = start
        for file in try await agent.fullFiles(before: path) {
            while skipped < file.size {
                guard let piece = try await agent.read(file.path, from: skipped), !piece.bytes.isEmpty else { break }
                guard await deliver(piece.bytes) else { return nil }
                skipped += UInt64(piece.bytes.count)
            }
            skipped -= min(skipped, file.size)
        }
        return skipped
    }

    /// Failures in a row.
    private struct Failures {
        private var first: ContinuousClock.Instant?

        mutating func last(longerThan limit: Duration) -> Bool {
            let now = ContinuousClock.now
            guard let first else {
                self.first = now
                return false
            }
            return now - first > limit
        }
    }
}
