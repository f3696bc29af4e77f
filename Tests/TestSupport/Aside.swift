import Foundation

/// Does long work on a thread of its own that gives way to others: the few threads that all tests share stay free.
public func aside<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        let thread = Thread {
            _ = nice(10)  // On Linux for this thread alone.
            continuation.resume(returning: work())
        }
        thread.stackSize = 8 << 20
        thread.start()
    }
}
