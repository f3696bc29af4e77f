import Synchronization

/// What one fetch may still write; all its files draw on it.
final class FetchBudget: Sendable {
    private struct Spent {
        var bytes: Int64 = 0
        var entries = 0
    }

    let limits: FetchLimits
    private let spent = Mutex(Spent())

    init(_ limits: FetchLimits) {
        self.limits = limits
    }

    /// - Throws: ``FetchError`` with code `limitExceeded`; nothing is spent then.
    func spend(bytes: Int64) throws(FetchError) {
        let isAllowed = spent.withLock { spent in
            let (sum, overflow) = spent.bytes.addingReportingOverflow(bytes)
            guard bytes >= 0, !overflow, sum <= limits.bytes else { return false }
            spent.bytes = sum
            return true
        }
        guard isAllowed else {
            throw FetchError(
                .limitExceeded,
                "the files of the task have more than \(limits.bytes) bytes when unpacked, which is the limit (--fetcher-max-bytes)"
            )
        }
    }

    /// Counts a file, folder or link.
    func spendEntry() throws(FetchError) {
        let count = spent.withLock { spent in
            spent.entries += 1
            return spent.entries
        }
        guard count <= limits.entries else {
            throw FetchError(
                .limitExceeded,
                "the files of the task are more than \(limits.entries), which is the limit (--fetcher-max-entries)"
            )
        }
    }
}
