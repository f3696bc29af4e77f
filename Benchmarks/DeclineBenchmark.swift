import Foundation
import MesosMessages
import NIOCore
import SwiftProtobuf

/// How long the answer to a DECLINE takes while clients, each a process of its own, read the whole state in a loop.
func benchmarkDeclines(port: Int, readers: Int, for time: Duration, into report: inout Report) async throws {
    let clients = try (0..<readers).map { _ in try StateClient(port) }
    defer { clients.forEach { $0.stop() } }
    while clients.contains(where: { $0.reads == 0 }) { try await Task.sleep(for: .milliseconds(50)) }
    let readsBefore = clients.map(\.reads).reduce(0, +)
    let times = try await decline(port: port, until: .now + time).sorted()
    let reads = clients.map(\.reads).reduce(0, +) - readsBefore
    report.add("DECLINE beside \(readers) readers of /state, median", times.median.milliseconds, "ms")
    report.add("DECLINE beside \(readers) readers of /state, p99", times[times.count * 99 / 100].milliseconds, "ms", atMost: 20)
    report.add("/state answered to them meanwhile", Double(reads) / time.seconds, "per second")
}

/// Declines one offer after the other, which then come again at once; the time that each call took.
func decline(port: Int, until end: ContinuousClock.Instant) async throws -> [Duration] {
    let decliner = Decliner(end: end)
    return try await BenchmarkScheduler.run(port: port, connections: 1) { scheduler, event, promise in
        decliner.offers += event.offers.offers.map(\.id)
        decliner.declineNext(scheduler, promise)
    }
}

/// All of it happens on the scheduler's event loop.
private final class Decliner {
    var offers: [Mesos_V1_OfferID] = []
    private let end: ContinuousClock.Instant
    private var times: [Duration] = []
    private var isWaiting = false

    init(end: ContinuousClock.Instant) {
        self.end = end
    }

    func declineNext(_ scheduler: BenchmarkScheduler, _ promise: EventLoopPromise<[Duration]>) {
        guard !isWaiting, let offer = offers.popLast() else { return }
        guard .now < end else { return promise.succeed(times) }
        isWaiting = true
        let start = ContinuousClock.now
        let call = Mesos_V1_Scheduler_Call.with {
            $0.type = .decline
            $0.decline.offerIds = [offer]
            $0.decline.filters.refuseSeconds = 0
        }
        scheduler.post(call).assumeIsolated().whenComplete { [self] result in
            if case .failure(let error) = result { return promise.fail(error) }
            times.append(.now - start)
            isWaiting = false
            declineNext(scheduler, promise)
        }
    }
}
