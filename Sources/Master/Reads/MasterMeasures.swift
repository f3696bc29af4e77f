import CoreLoop
import MasterCore
import MesosAPI
import Synchronization

/// How long the master takes for what it does, measured by its shell.
final class MasterMeasures: Sendable {
    struct Values: Sendable {
        /// How long a call waited for the core.
        var waits = Histogram()
        /// How long the core's thread worked on a batch of them.
        var batches = Histogram()
        /// How long a round of offers took.
        var allocations = Histogram()
        /// How long it took to write a batch of changes down.
        var commits = Histogram()
        fileprivate var allocationRuns = 0
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock(\.self) }

    func observe(_ core: MasterCore, _ times: LoopTimes) {
        let runs = core.state.counters.allocationRuns
        state.withLock { values in
            if let wait = times.wait { values.waits.add(wait) }
            values.batches.add(times.batch)
            // The core divides in its ticks only.
            if runs != values.allocationRuns, let tick = times.tick { values.allocations.add(tick) }
            values.allocationRuns = runs
        }
    }

    func committed(in duration: Duration) {
        state.withLock { $0.commits.add(duration) }
    }
}
