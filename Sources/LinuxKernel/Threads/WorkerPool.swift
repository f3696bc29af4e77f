import Glibc
import Synchronization

/// Threads for work that blocks or that changes the thread it runs on.
///
/// A few threads are enough as long as the work moves on. Where all of them are stuck, in a file system that does not
/// answer, more are started, up to a limit, so that the rest of the work does not stand behind it.
public final class WorkerPool: Sendable {
    /// Work to be done.
    public typealias Job = @Sendable () -> Void

    private struct State {
        var jobs: [Job] = []
        var next = 0
        var threadCount = 0
        var idleCount = 0
        var lastTaken = ContinuousClock.now
        var isWatched = false
        var isStopped = false

        var waiting: Int { jobs.count - next }
    }

    private let name: String
    private let usualThreads: Int
    private let mostThreads: Int
    private let state = Mutex(State())
    private let semaphore = Semaphore()

    /// How long the first job may wait before the threads count as stuck.
    private static let patience = Duration.microseconds(Int64(patienceMicroseconds))
    private static let patienceMicroseconds: UInt32 = 100_000

    /// Starts no thread yet; the first jobs do.
    public init(name: String, usualThreads: Int = 4, mostThreads: Int = 64) {
        self.name = name
        self.usualThreads = usualThreads
        self.mostThreads = mostThreads
    }

    /// Has a job done on one of the threads. After ``stop()`` it is dropped.
    ///
    /// - Throws: if there is no thread yet and none can be started; the job is then not done.
    public func submit(_ job: @escaping Job) throws(KernelError) {
        let (needsThread, needsWatch) = state.withLock { state in
            guard !state.isStopped else { return (false, false) }
            state.jobs.append(job)
            guard state.waiting > state.idleCount else { return (false, false) }
            if state.threadCount < usualThreads {
                state.threadCount += 1
                return (true, false)
            }
            defer { state.isWatched = true }
            return (false, !state.isWatched)
        }
        if needsThread { try startThread() }
        if needsWatch { startWatch() }
        semaphore.signal()
    }

    /// Lets the threads end once the jobs that are waiting are done.
    public func stop() {
        let count = state.withLock { state in
            state.isStopped = true
            return state.threadCount
        }
        for _ in 0..<count { semaphore.signal() }
    }

    private func startThread() throws(KernelError) {
        do {
            try KernelThread.start(name: name) { [self] in work() }
        } catch {
            // The threads that are there take the job; only without any it is lost.
            let isLost = state.withLock { state in
                state.threadCount -= 1
                guard state.threadCount == 0 else { return false }
                state.jobs.removeLast()
                return true
            }
            if isLost { throw error }
        }
    }

    /// As long as jobs wait, one more thread looks whether any of them is taken.
    private func startWatch() {
        do {
            try KernelThread.start(name: name) { [self] in watch() }
        } catch {
            // The next job that has to wait tries again.
            state.withLock { $0.isWatched = false }
        }
    }

    private func watch() {
        while true {
            usleep(Self.patienceMicroseconds)
            let (goesOn, areStuck) = state.withLock { state in
                state.isWatched = state.waiting > 0 && state.threadCount < mostThreads
                let areStuck = state.isWatched && ContinuousClock.now - state.lastTaken >= Self.patience
                if areStuck { state.threadCount += 1 }
                return (state.isWatched, areStuck)
            }
            guard goesOn else { return }
            if areStuck { try? startThread() }
        }
    }

    private func work() {
        while let job = take() { job() }
        state.withLock { $0.threadCount -= 1 }
    }

    private func take() -> Job? {
        let isOver = state.withLock { state in
            state.idleCount += 1
            return state.isStopped && state.waiting == 0
        }
        if !isOver { semaphore.wait() }
        return state.withLock { state in
            state.idleCount -= 1
            state.lastTaken = .now
            guard state.next < state.jobs.count else { return nil }
            let job = state.jobs[state.next]
            state.next += 1
            if state.next == state.jobs.count || state.next > 1024 {
                state.jobs.removeFirst(state.next)
                state.next = 0
            }
            return job
        }
    }
}
