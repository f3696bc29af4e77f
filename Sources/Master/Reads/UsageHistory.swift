import Cluster
import CoreLoop
import HTTPService
import MesosAPI
import Synchronization

/// The last hour of the cluster: a sample now and then, of which the newest are kept.
///
/// Samples are counted from copies of the state on a thread of their own, so the core does not wait for them. A master that
/// starts again begins anew.
final class UsageHistory: Sendable {
    private struct State {
        var samples: [UsageSample] = []
        /// Where the next one goes, once all places are taken.
        var oldest = 0
        var sampling: Task<Void, Never>?
    }

    /// Between two samples.
    let interval: Duration
    private let state = Mutex(State())

    /// How many samples are kept: an hour of them at the usual interval, about 100 KiB.
    static let places = 360

    init(interval: Duration) {
        self.interval = interval
    }

    /// Takes samples from now on.
    func start(_ reads: StateReader, clock: SteadyClock) {
        let sampling = Task { [weak self, interval] in
            while (try? await Task.sleep(for: interval)) != nil {
                let sample = UsageSample(await reads.read().state, at: clock.now)
                guard let self else { return }
                keep(sample)
            }
        }
        state.withLock { $0.sampling = sampling }
    }

    /// Takes no more samples.
    func stop() async {
        let sampling = state.withLock { $0.sampling }
        sampling?.cancel()
        await sampling?.value
    }

    func keep(_ sample: UsageSample) {
        state.withLock { state in
            guard state.samples.count == Self.places else { return state.samples.append(sample) }
            state.samples[state.oldest] = sample
            state.oldest = (state.oldest + 1) % Self.places
        }
    }

    /// The samples after a moment, in seconds since 1970, oldest first.
    func samples(after moment: Double) -> [UsageSample] {
        let (samples, oldest) = state.withLock { ($0.samples, $0.oldest) }
        return (samples[oldest...] + samples[..<oldest]).filter { $0.time > moment }
    }

    /// `GET /history`; with `since=SECONDS` only what is newer.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        var moment = -Double.infinity
        if let text = request.query["since"] {
            guard let number = Double(text), number.isFinite else {
                return responder.refuse(400, "since: must be a number of seconds since 1970, is \"\(text.prefix(100))\"")
            }
            moment = number
        }
        let seconds = Double(interval.clampedNanoseconds) / 1e9
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("interval_secs", seconds)
            writer.field("length_secs", seconds * Double(Self.places))
            writer.array("samples", samples(after: moment)) { $1.write(to: &$0) }
        }
        responder.respond(200, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: writer.bytes)
    }
}
