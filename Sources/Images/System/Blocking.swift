import Dispatch
import Synchronization

/// Whether the task that waits for some blocking work has been cancelled: the work looks now and then.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    func cancel() { flag.store(true, ordering: .relaxed) }

    func check() throws(ImageError) {
        if flag.load(ordering: .relaxed) { throw ImageError(.cancelled, "cancelled") }
    }
}

/// Disk and CPU work is done here, so that it never holds up Swift's few cooperative threads.
/// What may run at once is limited by the callers (``ImageLimits/concurrentLayers``).
private let workers = DispatchQueue(label: "agora.images", qos: .utility, attributes: .concurrent)

/// Runs blocking work on a thread of its own and waits for it without blocking.
func blocking<Value: Sendable>(
    _ work: @escaping @Sendable (CancellationFlag) throws(ImageError) -> Value
) async throws(ImageError) -> Value {
    let flag = CancellationFlag()
    let result = await withTaskCancellationHandler {
        await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, ImageError>, Never>) in
            workers.async {
                continuation.resume(returning: Result { () throws(ImageError) in try work(flag) })
            }
        }
    } onCancel: {
        flag.cancel()
    }
    return try result.get()
}
