import Glibc
import LinuxKernel
import Synchronization
import Testing

struct ThreadTests {
    @Test func jobsAreAllDoneInTheOrderOfTheirComingOnOneThread() async throws {
        let pool = WorkerPool(name: "test", usualThreads: 1, mostThreads: 1)
        let order = Mutex<[Int]>([])
        await withCheckedContinuation { continuation in
            for number in 0..<3000 { try? pool.submit { order.withLock { $0.append(number) } } }
            try? pool.submit { continuation.resume() }
        }
        pool.stop()
        #expect(order.withLock { $0 } == Array(0..<3000))
    }

    @Test func stuckJobsDoNotKeepOthersWaiting() async throws {
        let pool = WorkerPool(name: "test", usualThreads: 2, mostThreads: 8)
        var pipes: [Int32] = [0, 0]
        #expect(pipe(&pipes) == 0)
        let (reader, writer) = (Descriptor(owning: pipes[0]), Descriptor(owning: pipes[1]))
        for _ in 0..<4 { try pool.submit { _ = try? reader.readAll(limit: 1, describedAs: "pipe") } }
        await withCheckedContinuation { continuation in
            try? pool.submit { continuation.resume() }
        }
        try writer.write([1, 2, 3], describedAs: "pipe")
        pool.stop()
    }

    @Test func signalsAreBlockedOnWorkers() async throws {
        let pool = WorkerPool(name: "test")
        let isBlocked = await withCheckedContinuation { continuation in
            try? pool.submit {
                var mask = sigset_t()
                pthread_sigmask(SIG_SETMASK, nil, &mask)
                continuation.resume(returning: sigismember(&mask, SIGTERM) == 1)
            }
        }
        #expect(isBlocked)
        pool.stop()
    }

    @Test func eventsAndTimersComeOnceAndCancelledOnesNever() async throws {
        let events = try EventThread(name: "test")
        let (left, right) = try Descriptor.recordSockets()
        let happened = Mutex<[String]>([])
        let cancelled = events.after(.milliseconds(1)) { happened.withLock { $0.append("cancelled") } }
        events.cancel(cancelled)
        let watched = try events.watch(right) { happened.withLock { $0.append("cancelled") } }
        events.cancel(watched)
        await withCheckedContinuation { continuation in
            _ = try? events.watch(right) { happened.withLock { $0.append("event") } }
            events.after(.milliseconds(20)) {
                happened.withLock { $0.append("late") }
                continuation.resume()
            }
            events.after(.milliseconds(10)) { happened.withLock { $0.append("early") } }
            try? left.write([1], describedAs: "socket")
        }
        events.stop()
        #expect(happened.withLock { $0 } == ["event", "early", "late"])
    }

    @Test func theEndOfAProcessIsAnEvent() async throws {
        let events = try EventThread(name: "test")
        let pool = WorkerPool(name: "test")
        let input = try Descriptor.nullDevice()
        let program = try SealedProgram.copy(of: "/bin/false")
        let status = await withCheckedContinuation { (continuation: CheckedContinuation<Int32?, Never>) in
            try? pool.submit {
                guard let process = try? Spawn(executable: program, name: "false", descriptors: [input, input, input]).start(),
                    (try? events.watch(process.descriptor) { continuation.resume(returning: (try? process.reap()) ?? nil) }) != nil
                else { return continuation.resume(returning: nil) }
            }
        }
        #expect(status == 1 << 8)
        events.stop()
        pool.stop()
    }
}
