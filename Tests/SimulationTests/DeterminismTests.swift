import Simulation
import Testing

/// One seed, one history.
@Suite struct DeterminismTests {
    private func history(_ seed: UInt64) -> [String] {
        var options = SimulationOptions.swarm(seed: seed, duration: .seconds(120))
        options.keepsHistory = true
        var simulation = Simulation(options)
        return simulation.run().history
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func theSameSeedGivesTheSameHistory(seed: UInt64) {
        let first = history(seed)
        #expect(first.count > 100)
        #expect(first == history(seed))
    }

    @Test func anotherSeedGivesAnotherHistory() {
        #expect(history(1) != history(2))
    }
}
