import NIOCore

/// Runs tasks on an event loop, so that a call which only waits for others costs no change of threads on its way.
///
/// What runs here must be short and must never block, as all else on an event loop.
public final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Takes a part of a task; from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
