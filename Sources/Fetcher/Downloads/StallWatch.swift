import Synchronization

/// How many bytes a download has brought.
final class DownloadProgress: Sendable {
    private let count = Atomic<Int64>(0)

    var bytes: Int64 { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.add(Int64(bytes), ordering: .relaxed) }

    /// Returns when less than a byte a second has come for the whole of the time, or when the task is cancelled.
    func waitForStall(of timeout: Duration) async {
        let step = max(timeout / 10, .milliseconds(20))
        let wanted = max(1, Int64(step / .seconds(1)))
        var slow = Duration.zero
        var last = bytes
        while slow < timeout {
            do { try await Task.sleep(for: step) } catch { return }
            let now = bytes
            slow = now - last < wanted ? slow + step : .zero
            last = now
        }
    }
}

/// Runs a download, and cuts it when it stands still: from the connection to the last byte.
func withStallWatch<Value: Sendable>(
    _ timeout: Duration,
    _ download: @escaping @Sendable (DownloadProgress) async throws(FetchError) -> Value
) async throws(FetchError) -> Value {
    let progress = DownloadProgress()
    let first = await withTaskGroup(of: Result<Value, FetchError>?.self) { group in
        group.addTask {
            do throws(FetchError) { return .success(try await download(progress)) } catch { return .failure(error) }
        }
        group.addTask {
            await progress.waitForStall(of: timeout)
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
    if let first { return try first.get() }
    if Task.isCancelled { throw FetchError.cancelled }
    throw FetchError(
        .stalled,
        "the server sent less than 1 byte a second for \(timeout); the download was cut (--fetcher-stall-timeout)"
    )
}
