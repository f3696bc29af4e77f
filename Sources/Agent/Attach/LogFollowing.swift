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
    /// What a client says that wants all output that there is, not only what is new.
    static let startHeader = "Agora-Output-From"

    let containerizer: Containerizer
    let sessions: Sessions

    private static let chunk = 32 << 10

    func follow(_ id: ContainerID, fromStart: Bool, _ form: AnswerStream, _ responder: CallResponder) async throws(Refusal) {
        let status: ContainerStatus
        do {
            status = try containerizer.status(of: id)
        } catch {
            throw Refusal(404, "there is no container \(id)")
        }
        guard status.termination == nil else { throw Refusal(404, "the container \(id) has ended; its logs are in its sandbox") }
        let (watch, files): (FileWatch, [(LogFile, OutputRecords.Kind)])
        let events: EventThread
        do throws(KernelError) {
            let folder = try sandbox(of: status)
            watch = try FileWatch()
            files = [
                (try LogFile("stdout", in: folder, fromStart: fromStart), .stdout),
                (try LogFile("stderr", in: folder, fromStart: fromStart), .stderr),
            ]
            for (file, _) in files { try watch.add(file.file) }
            events = try sessions.events()
        } catch {
            throw Refusal(500, "the output of the container \(id) cannot be shown: \(error)")
        }
        let isOver = ClosedFlag()
        let stream = responder.stream(of: OutputRecords.Record.self, form, maximumBufferedBytes: OutputRecords.mostBuffered) {
            isOver.set()
            watch.wake()
        }
        Task {
            _ = try? await containerizer.wait(id)
            isOver.set()
            watch.wake()
        }
        Task { await show(files, watch, events, isOver, OutputRecords(stream)) }
    }

    private func sandbox(of status: ContainerStatus) throws(KernelError) -> Folder {
        guard status.id.depth > 1, let root = try? containerizer.status(of: status.id.root).sandbox,
            status.sandbox.hasPrefix(root + "/")
        else { return try Folder.open(status.sandbox) }
        return try Folder.open(root).folder(String(status.sandbox.dropFirst(root.count + 1)))
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
        while true {
            let bytes = file.read(upTo: Self.chunk)
            if !bytes.isEmpty {
                guard records.send(bytes, kind), await records.waitForClient() else { return false }
                continue
            }
            guard let next = file.next() else { return true }
            // Between the last look and the new name, more may have come.
            let rest = file.read(upTo: Self.chunk)
            guard rest.isEmpty || records.send(rest, kind) else { return false }
            file = next
            try? watch.add(next.file)
        }
    }
}
