import Dispatch
import Synchronization

/// Whether the task that waits for some blocking work has been cancelled: the work looks now and then.
package final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    func cancel() { flag.store(true, ordering: .relaxed) }

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func check() throws(ImageError) {
        if isCancelled { throw ImageError(.cancelled, "cancelled") }
    }
}

/// Disk and CPU work is done here, so that it never holds up Swift's few cooperative threads.
/// What may run at once is limited by the callers (``ImageLimits/concurrentLayers``).
private let workers = DispatchQueue(label: "agora.images", qos: .utility, attributes: .concurrent)

/// Runs blocking work on a thread of its own and waits for it without blocking.
package func blocking<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable (CancellationFlag) throws(Failure) -> Value
) async throws(Failure) -> Value {
    let flag = CancellationFlag()
    let result = await withTaskCancellationHandler {
        await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
            workers.async {
                continuation.resume(returning: Result { () throws(Failure) in try work(flag) })
            }
        }
    } onCancel: {
        flag.cancel()
    }
    return try result.get()
}
