import AgentCore
import Cluster

/// The only source of chance: the same seed gives the same numbers.
struct Chance: Sendable {
    private var generator: SeededGenerator

    /// Different purposes give unrelated numbers from one seed.
    init(seed: UInt64, purpose: UInt64) {
        generator = SeededGenerator(seed: (seed, purpose, ~seed, 0x9e37_79b9_7f4a_7c15 ^ purpose))
        for _ in 0..<8 { _ = generator.next() }
    }

    mutating func next() -> UInt64 { generator.next() }

    /// True in that part of all cases.
    mutating func happens(_ ratio: Double) -> Bool {
        ratio > 0 && Double(generator.next() >> 11) * 0x1p-53 < ratio
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    /// From nothing to twice the mean.
    mutating func time(mean: Duration) -> Duration {
        time(in: .zero...mean * 2)
    }

    mutating func time(in range: ClosedRange<Duration>) -> Duration {
        let bounds = range.lowerBound.clampedNanoseconds...range.upperBound.clampedNanoseconds
        return .nanoseconds(Int64.random(in: bounds, using: &generator))
    }

    mutating func pick<Element>(_ elements: some Collection<Element>) -> Element? {
        elements.randomElement(using: &generator)
    }

    /// A generator of its own for one core.
    mutating func generatorForCore() -> SeededGenerator {
        SeededGenerator(seed: (next(), next(), next(), next()))
    }
}

extension Duration {
    /// A time that options give in seconds; at most a day.
    static func time(_ seconds: Double) -> Duration {
        .milliseconds(Int64(min(max(seconds, 0), 86_400) * 1000))
    }
}
