import Simulation
import TestSupport
import Testing

/// Small clusters, many kinds of bad luck: every promise is kept. A failure prints the command that shows it again.
@Suite(.serialized) struct SeedTests {
    private static let seedsPerRange: UInt64 = 10

    @Test(arguments: 0..<50 as Range<UInt64>) func keepsEveryPromise(range: UInt64) async {
        let failures = await aside {
            (range * Self.seedsPerRange..<(range + 1) * Self.seedsPerRange).compactMap { seed -> String? in
                var simulation = Simulation(.swarm(seed: seed, duration: .seconds(40)))
                let report = simulation.run()
                return report.isGood ? nil : report.failureText
            }
        }
        for failure in failures { Issue.record(Comment(rawValue: failure)) }
    }
}
