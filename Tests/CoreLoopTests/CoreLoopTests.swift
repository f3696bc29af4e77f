import Cluster
import CoreLoop
import Synchronization
import Testing

/// Counts what it is told, and wants a tick a while after each `arm`.
private struct Counter: StateMachine {
    enum Input: Sendable { case add(Int), arm(Duration), tick }
    typealias Effect = Int

    static let tick = Input.tick
    var total = 0
    var nextDeadline: Timestamp?

    mutating func handle(_ input: Input, at now: Timestamp, effects: inout [Int]) {
        switch input {
        case .add(let amount):
            total += amount
            effects.append(total)
        case .arm(let delay): nextDeadline = now + delay
        case .tick:
            guard let deadline = nextDeadline, deadline <= now else { return }
            nextDeadline = nil
            effects.append(-1)
        }
    }
}

/// Collects effects and hands them to a waiting test.
private final class Collector: Sendable {
    private let (stream, continuation) = AsyncStream.makeStream(of: [Int].self)

    func receive(_ effects: [Int]) { continuation.yield(effects) }

    func next(_ count: Int) async -> [Int] {
        var all: [Int] = []
        for await effects in stream {
            all += effects
            if all.count >= count { break }
        }
        return all
    }
}

@Suite(.timeLimit(.minutes(1)))
struct CoreLoopTests {
    @Test func effectsComeInTheOrderOfTheInputs() async {
        let loop = CoreLoop(Counter())
        let collector = Collector()
        loop.start(name: "counter") { collector.receive($0) }
        for _ in 1...1_000 { #expect(loop.submit(.add(1))) }
        #expect(await collector.next(1_000) == Array(1...1_000))
        await loop.stop()
    }

    @Test func aBatchIsHandedOverAtOnce() async {
        let loop = CoreLoop(Counter())
        for _ in 1...10 { #expect(loop.submit(.add(1))) }
        let batches = Mutex<[[Int]]>([])
        loop.start(name: "counter") { effects in batches.withLock { $0.append(effects) } }
        await loop.stop()
        #expect(batches.withLock { $0 } == [Array(1...10)])
    }

    @Test func aFullQueueRefusesCallsButNotReports() async {
        let loop = CoreLoop(Counter(), capacity: 2)
        #expect(loop.submit(.add(1)))
        #expect(loop.submit(.add(1)))
        #expect(!loop.submit(.add(1)))
        loop.report(.add(5))
        loop.start(name: "counter") { _ in }
        await loop.stop()
        #expect(await loop.snapshot().total == 7)
    }

    @Test func theDeadlineBringsATick() async {
        let loop = CoreLoop(Counter())
        let collector = Collector()
        loop.start(name: "counter") { collector.receive($0) }
        loop.report(.arm(.milliseconds(5)))
        #expect(await collector.next(1) == [-1])
        await loop.stop()
    }

    @Test func aSnapshotShowsWhatWasSubmittedBefore() async {
        let loop = CoreLoop(Counter())
        loop.start(name: "counter") { _ in }
        for _ in 1...100 { #expect(loop.submit(.add(1))) }
        #expect(await loop.snapshot().total == 100)
        await loop.stop()
    }

    @Test func nothingIsTakenAfterTheStop() async {
        let loop = CoreLoop(Counter())
        loop.start(name: "counter") { _ in }
        await loop.stop()
        #expect(!loop.submit(.add(1)))
        await loop.stop()
        #expect(await loop.snapshot().total == 0)
    }
}
