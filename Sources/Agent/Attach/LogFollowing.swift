import Cluster
import Containers
import HTTPService
import LinuxKernel
import MesosAPI
import MesosMessages
import Synchronization

/// Shows the output of running containers to clients by following the files that it goes into. So there may be many
/// readers, each at its own pace, and none is in the way of the container.
struct LogFollowing: Sendable {
    /// What a client says that wants what there is of the output, not only what is new; see ``LogSelection``.
    static let startHeader = "Agora-Output-From"
    /// What it is told of how much was kept before that, in bytes: `stdout=10;stderr=0`.
    static let skippedHeader = "Agora-Output-Skipped"
    private static let outputs: [(name: String, kind: OutputRecords.Kind)] = [("stdout", .stdout), ("stderr", .stderr)]

    let containerizer: Containerizer
    let sessions: Sessions

    private static let chunk = 32 << 10
    private static let pauseBetweenFiles = Duration.milliseconds(5)
    private static let looksBetweenFiles = 100

    func follow(_ id: ContainerID, _ selection: LogSelection, _ form: AnswerStream, _ responder: CallResponder) async throws(Refusal) {
        let status: ContainerStatus
        do {
            status = try containerizer.status(of: id)
        } catch {
            throw Refusal(404, "there is no container \(id)")
        }
        guard status.termination == nil else { throw Refusal(404, "the container \(id) has ended; its logs are in its sandbox") }
        let (watch, events, folder): (FileWatch, EventThread, Folder)
        do throws(KernelError) {
            folder = try containerizer.outputFolder(of: status)
            watch = try FileWatch()
            events = try sessions.events()
        } catch {
            throw Refusal(500, "the output of the container \(id) cannot be shown: \(error)")
        }
        let starts = try await selection.starts(of: Self.outputs.map(\.name), in: folder)
        do throws(KernelError) {
            for start in starts { try watch.add(start.file) }
        } catch {
            throw Refusal(500, "the output of the container \(id) cannot be watched: \(error)")
        }
        let files = Array(zip(starts, Self.outputs.map(\.kind)))
        let skipped = starts.map { "\($0.name)=\($0.before)" }.joined(separator: ";")
        let isOver = ClosedFlag()
        let stop: @Sendable () -> Void = {
            isOver.set()
            watch.wake()
        }
        let stream = responder.stream(
            of: OutputRecords.Record.self,
            form,
            headers: [(Self.skippedHeader, skipped)],
            maximumBufferedBytes: OutputRecords.mostBuffered,
            onClose: stop
        )
        let end = sessions.ends.tell(of: id, stop)
        Task {
            await show(files, watch, events, isOver, OutputRecords(stream))
            sessions.ends.forget(end)
        }
    }

    private func show(
        _ files: [(LogFile, OutputRecords.Kind)],
        _ watch: FileWatch,
        _ events: EventThread,
        _ isOver: ClosedFlag,
        _ records: OutputRecords
    ) async {
        var files = files
        while true {
            // Asked first: what was written before the end is then read in this round.
            let isLast = isOver.isSet
            watch.clear()
            for index in files.indices {
                guard await showNew(&files[index].0, files[index].1, watch, records) else { return }
            }
            guard !isLast, (try? await events.untilReady(watch.descriptor, for: .reading)) != nil else { break }
        }
        records.finish()
    }

    /// Shows what was written since the last time; false if the client is gone.
    private func showNew(
        _ file: inout LogFile,
        _ kind: OutputRecords.Kind,
        _ watch: FileWatch,
        _ records: OutputRecords
    ) async -> Bool {
        // A container may also take its own file away: then there is none for good.
        var looks = Self.looksBetweenFiles
        while true {
            // Asked first: to a file that has a newer one, nothing more is written.
            let next = file.next()
            while case let bytes = file.read(upTo: Self.chunk), !bytes.isEmpty {
                guard records.send(bytes, kind), await records.waitForClient() else { return false }
            }
            if let next {
                file = next
                try? watch.add(next.file)
                continue
            }
            // Between two files there is none for a moment, and nothing would tell of the new one.
            guard !file.isNewest, looks > 0 else { return true }
            looks -= 1
            try? await Task.sleep(for: Self.pauseBetweenFiles)
        }
    }
}
