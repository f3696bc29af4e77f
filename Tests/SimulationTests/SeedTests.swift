import Simulation
import Testing

/// Small clusters, many kinds of bad luck: every promise is kept. A failure prints the command that shows it again.
@Suite struct SeedTests {
    private static let seedsPerRange: UInt64 = 10

    @Test(arguments: 0..<50 as Range<UInt64>) func keepsEveryPromise(range: UInt64) {
        for seed in range * Self.seedsPerRange..<(range + 1) * Self.seedsPerRange {
            var simulation = Simulation(.swarm(seed: seed, duration: .seconds(40)))
            let report = simulation.run()
            if !report.isGood { Issue.record(Comment(rawValue: report.failureText)) }
        }
    }
}
