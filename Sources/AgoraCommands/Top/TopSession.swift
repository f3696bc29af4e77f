import ArgumentParser
import Foundation
import Glibc
import Synchronization

/// `agora top` on a terminal: figures, keys and signals change the picture until the user leaves.
final class TopSession: Sendable {
    /// What the agents are asked, and when.
    private struct Wish {
        var isNested = false
        /// Whether the next round is not to wait.
        var isDue = false
        var pause: Task<Void, Never>?
    }

    private enum Event: Sendable {
        case keys([UInt8])
        case inputEnded
        case signal(Int32)
        case figures(TopCluster)
        case failed(String)
    }

    private let terminal: TopTerminal
    private let interval: Duration
    private let wish = Mutex(Wish())

    init(terminal: TopTerminal, interval: Duration) {
        self.terminal = terminal
        self.interval = interval
    }

    /// Shows a cluster until the user leaves.
    ///
    /// - Throws: `ExitCode` if a signal ended it.
    func run(_ collector: TopCollector, _ cluster: TopCluster, master: Endpoint) async throws {
        var state = TopState(master: master.description)
        state.cluster = cluster
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(256))
        let signals = SignalEvents([SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT])
        let numbers = signals.events
        // None of these is waited for: reading keys cannot be stopped.
        let tasks = [
            Task { await collect(collector, continuation) },
            Task { await readKeys(continuation) },
            Task { for await number in numbers { continuation.yield(.signal(number)) } },
        ]
        await terminal.enter()
        var status: Int32 = 0
        if await show(&state) {
            for await event in events {
                guard let end = await handle(event, &state) else { continue }
                status = end
                break
            }
        }
        await terminal.leave()
        signals.stop()
        for task in tasks { task.cancel() }
        wish.withLock { $0.pause?.cancel() }
        guard status == 0 else { throw ExitCode(status) }
    }

    /// In the background nothing can be read, which is no end.
    private func readKeys(_ events: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            if let bytes = await StandardInput.read() {
                events.yield(.keys(bytes))
            } else if terminal.isInFront {
                events.yield(.inputEnded)
                return
            } else {
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Rounds with pauses, as long as the task is not cancelled.
    private func collect(_ collector: TopCollector, _ events: AsyncStream<Event>.Continuation) async {
        var collector = collector
        while !Task.isCancelled {
            do {
                let isNested = wish.withLock { wish in
                    wish.isDue = false
                    return wish.isNested
                }
                events.yield(.figures(try await collector.round(nested: isNested)))
            } catch {
                events.yield(.failed("\(error)"))
            }
            await rest()
        }
    }

    /// Waits for the next round; a key that is held down does not make rounds follow each other without a pause.
    private func rest() async {
        try? await Task.sleep(for: Self.leastPause)
        let pause = wish.withLock { wish -> Task<Void, Never>? in
            wish.pause = wish.isDue ? nil : Task { [interval] in _ = try? await Task.sleep(for: interval - Self.leastPause) }
            return wish.pause
        }
        await pause?.value
    }

    private static let leastPause = Duration.milliseconds(200)

    /// Changes the picture; the exit status if it is over.
    private func handle(_ event: Event, _ state: inout TopState) async -> Int32? {
        switch event {
        case .inputEnded: return 0
        case .figures(let cluster): (state.cluster, state.problem) = (cluster, nil)
        case .failed(let reason): state.problem = reason
        case .keys(let bytes):
            for key in TopKey.keys(in: bytes) {
                switch state.press(key) {
                case .none: break
                case .leave: return 0
                case .suspend: await suspend()
                case .refresh: refresh(state)
                }
            }
        case .signal(SIGWINCH): break
        case .signal(SIGCONT): await goOn()
        case .signal(SIGTSTP): await suspend()
        case .signal(let number): return 128 + number
        }
        return await show(&state) ? nil : 1
    }

    /// Stops until the shell lets it go on, with the terminal as it was.
    private func suspend() async {
        await terminal.leave()
        // To this thread, not to the process: nothing after it happens before it goes on.
        raise(SIGSTOP)
        await goOn()
    }

    /// Takes the terminal again; in the background it is another's.
    private func goOn() async {
        while !terminal.isInFront {
            // One without a terminal is told so by SIGHUP, or when it next shows something.
            guard tcgetpgrp(STDIN_FILENO) > 0 else { return }
            raise(SIGSTOP)
        }
        await terminal.enter()
    }

    private func refresh(_ state: TopState) {
        wish.withLock { wish in
            (wish.isNested, wish.isDue) = (state.isTree, true)
            wish.pause?.cancel()
        }
    }

    private func show(_ state: inout TopState) async -> Bool {
        var size = RawTerminal.size ?? (80, 24)
        // A terminal that does not know its size.
        if size.columns == 0 || size.rows == 0 { size = (80, 24) }
        state.pageRows = state.pageRows(rows: Int(size.rows))
        return await terminal.show(state.lines(columns: Int(size.columns), rows: Int(size.rows)))
    }
}
