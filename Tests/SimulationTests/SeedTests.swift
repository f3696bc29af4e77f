import Simulation
import Testing

@Suite struct SeedTests {
    @Test(arguments: 0..<1 as Range<UInt64>) func range(_ n: UInt64) {
        for seed in n * 10..<n * 10 + 10 {
            var simulation = Simulation(.swarm(seed: seed))
            let report = simulation.run()
            if !report.isGood { Issue.record(Comment(rawValue: report.failureText)) }
        }
    }
}
