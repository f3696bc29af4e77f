import AsyncHTTPClient
import MesosMessages

/// The output of a running container, or a part of it and what follows, shown as its agent hands it on.
struct LiveOutput: Sendable {
    let client: AttachClient
    let container: Mesos_V1_ContainerID
    let ending: OutputFollower.Ending
    var part = OutputPart.all
    /// Takes bytes; false when nobody wants any more.
    let deliver: @Sendable ([UInt8], OutputStreams.File) async -> Bool

    /// How much was shown or is before the part, in bytes, and whether that was all.
    struct Progress {
        var shown: [OutputStreams.File: UInt64] = [:]
        var hasBegun = false
        var isComplete = false
    }

    /// Shows all of it; comes back to an agent that was away. Not all was shown if the agent does not hand the output on,
    /// as when the container has ended: then it stands in files.
    func run() async -> Progress {
        var progress = Progress()
        var pause = OutputFollower.pauses.first
        while !Task.isCancelled {
            do {
                let response = try await client.output(of: container, from: progress.hasBegun ? .all : part)
                pause = OutputFollower.pauses.first
                let known = progress.shown
                if !progress.hasBegun {
                    progress.hasBegun = true
                    for file in OutputStreams.File.allCases { progress.shown[file] = AttachClient.skipped(file.rawValue, in: response) }
                }
                progress.isComplete = try await show(response, skipping: known, &progress.shown)
                return progress
            } catch {
                guard (error as? ClientError)?.status == nil, !ending.hasCome else { return progress }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, OutputFollower.pauses.longest)
        }
        return progress
    }

    /// False if nobody wanted the rest.
    private func show(
        _ response: HTTPClientResponse,
        skipping known: [OutputStreams.File: UInt64],
        _ shown: inout [OutputStreams.File: UInt64]
    ) async throws -> Bool {
        var skipped = known
        var all = shown
        defer { shown = all }
        var isWanted = true
        try await client.receive(response) { bytes, isError in
            let file = isError ? OutputStreams.File.stderr : .stdout
            let known = Int(min(skipped[file] ?? 0, UInt64(bytes.count)))
            skipped[file, default: 0] -= UInt64(known)
            guard known < bytes.count else { return true }
            all[file, default: 0] += UInt64(bytes.count - known)
            isWanted = await deliver(Array(bytes[known...]), file)
            return isWanted
        }
        return isWanted
    }
}
