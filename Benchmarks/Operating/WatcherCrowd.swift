import Foundation
import Synchronization

/// Many who SUBSCRIBE to the events of a master, in JSON, read by one thread that is as cheap as it can be, so that what is
/// measured is the server: one of them is read and understood, of the others the kernel only counts the bytes, which are the same.
final class WatcherCrowd: Sendable {
    private struct State {
        var watchers: [Watcher] = []
        var isStopping = false
        /// When events began to count, in seconds of the day; nil before.
        var begun: Double?
        var lastByte = ContinuousClock.now
    }

    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)

    init(port: Int, count: Int) throws {
        let watchers = try (0..<count).map { Watcher(try Watcher.subscribe(port), isRead: $0 == 0) }
        state = Mutex(State(watchers: watchers))
    }

    /// Begins to read.
    func start() {
        Thread { [self] in
            loop()
            ended.signal()
        }.start()
    }

    /// Counts events from now on. Nothing may be under way.
    func begin() {
        state.withLock { state in
            state.begun = WallClock.now
            for index in state.watchers.indices { state.watchers[index].begin() }
        }
    }

    /// Waits until all were shown the state.
    func waitUntilShown() async throws {
        try await wait { $0.watchers.allSatisfy { $0.isShown || $0.isOver } }
    }

    /// Waits until nothing has come for a while.
    func waitUntilQuiet() async throws {
        try await wait { $0.lastByte.duration(to: .now) > .seconds(1) }
    }

    private func wait(until condition: (State) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !state.withLock({ condition($0) }) {
            guard ContinuousClock.now < deadline else { throw OperatorClient.Refused(status: 0, text: "waited in vain for the watchers") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Ends all connections.
    func stop() {
        state.withLock { $0.isStopping = true }
        ended.wait()
        state.withLock { state in
            for watcher in state.watchers { close(watcher.descriptor) }
        }
    }

    /// How long what was told took to each of them.
    func delays() -> Delays {
        state.withLock { state in
            let records = state.watchers.first?.records ?? []
            var delays = Delays(records: records.count)
            for watcher in state.watchers {
                delays.add(watcher.marks, records)
                delays.bytes += Int(watcher.marks.last?.count ?? 0)
                if watcher.isOver { delays.cutOff += 1 }
            }
            return delays
        }
    }

    private func loop() {
        var polls = state.withLock { $0.watchers.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) } }
        while !state.withLock({ $0.isStopping }) {
            guard poll(&polls, nfds_t(polls.count), 100) > 0 else { continue }
            state.withLock { state in
                for index in polls.indices where polls[index].revents != 0 {
                    state.watchers[index].read(begun: state.begun)
                    // What is below zero is passed over: poll(2).
                    if state.watchers[index].isOver { polls[index].fd = -1 }
                }
                state.lastByte = .now
            }
        }
    }
}
