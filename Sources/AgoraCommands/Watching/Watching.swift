import ArgumentParser

/// Something that is shown again whenever it has changed.
struct Watching<Value: Encodable & Sendable>: Sendable {
    let interval: Duration
    /// Who tells of changes; nil: it is looked at after each interval.
    let changes: OperatorClient?
    /// What stands between two texts on a pipe.
    let separator: String
    let read: @Sendable () async throws -> Value
    let text: @Sendable (Value, OutputPlace) throws -> String

    /// Until Ctrl-C, which ends the command as it ends others, or until nobody reads any more.
    func run() async throws {
        let screen = WatchScreen.onStandardOutput()
        let signal: Int32?
        do {
            signal = try await WatchTicks(interval: interval, changes: changes).run { ticks in
                if let screen { try await follow(ticks, on: screen) } else { try await follow(ticks) }
            }
        } catch {
            await screen?.leave()
            throw error
        }
        await screen?.leave()
        if let signal { throw ExitCode(128 + signal) }
    }

    /// On a terminal: what cannot be read for a while is told below what was read last.
    private func follow(_ ticks: AsyncStream<WatchTick>, on screen: WatchScreen) async throws {
        var state = State(isFollowed: changes != nil)
        var value = try await read()
        var trouble: (any Error)?
        await screen.draw(try text(value, .screen))
        for await tick in ticks {
            let isDue = state.isDue(tick, interval)
            // Also without news: ages grow.
            guard isDue || tick.isDrawn else { continue }
            if isDue {
                do {
                    value = try await read()
                    trouble = nil
                } catch {
                    trouble = error
                }
                state.hasRead()
            }
            await screen.draw(try text(value, .screen), trouble: trouble.map { "\($0)" }, isResized: tick.isResized)
        }
    }

    /// On a pipe: printed when it is not what it was. Ages grow without that.
    private func follow(_ ticks: AsyncStream<WatchTick>) async throws {
        var state = State(isFollowed: changes != nil)
        var last: String?
        for await tick in ticks {
            guard state.isDue(tick, interval) || last == nil else { continue }
            let value = try await read()
            state.hasRead()
            let data = try DataText.json(value, isOneLine: true)
            guard data != last else { continue }
            let text = try text(value, .stream)
            let whole = (last == nil ? "" : separator) + text + (text.hasSuffix("\n") ? "" : "\n")
            last = data
            guard await Terminal.write(Array(whole.utf8), to: .output) else { return }
        }
    }

    /// Whether there may be something new, and whether it is time to look.
    private struct State {
        /// Whether somebody tells of changes.
        var isFollowed: Bool
        private var isStale = false
        private var lastRead = ContinuousClock.now

        init(isFollowed: Bool) {
            self.isFollowed = isFollowed
        }

        mutating func isDue(_ tick: WatchTick, _ interval: Duration) -> Bool {
            switch tick {
            case .changed: (isFollowed, isStale) = (true, true)
            case .unfollowed: isFollowed = false
            case .interval, .resized: break
            }
            // A little less, for the ticks of the clock come at no exact time.
            return (isStale || !isFollowed) && lastRead.duration(to: .now) >= interval * 0.9
        }

        mutating func hasRead() {
            (isStale, lastRead) = (false, .now)
        }
    }
}

extension WatchTick {
    fileprivate var isDrawn: Bool {
        switch self {
        case .interval, .resized: true
        case .changed, .unfollowed: false
        }
    }

    fileprivate var isResized: Bool {
        if case .resized = self { true } else { false }
    }
}
