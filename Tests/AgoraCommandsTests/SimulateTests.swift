import ArgumentParser
import Foundation
import Simulation
import Testing

@testable import AgoraCommands

/// `agora simulate`: what it is told is what is simulated, and what it prints of a failure is read by it again.
@Suite struct SimulateTests {
    @Test func theDefaultsAreThoseOfTheLibrary() throws {
        #expect(try SimulateOptions.parse([]).simulation == SimulationOptions())
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func thePrintedCommandIsReadAgain(seed: UInt64) throws {
        let options = SimulationOptions.swarm(seed: seed)
        let words = options.command.split(separator: " ").dropFirst(2).map(String.init)
        #expect(try SimulateOptions.parse(words).simulation == options)
    }

    @Test(arguments: [
        (["--agents", "0"], "--agents: 0 is not from 1 to 10000"), (["--frameworks", "10001"], "--frameworks"),
        (["--tasks", "0"], "--tasks"),
        (["--hours", "0"], "--hours"), (["--hours", "nan"], "--hours"), (["--hours", "1e9"], "--hours"),
        (["--task-time", "0s"], "--task-time"),
        (["--faults", "often"], "'often' names no fault"),
        (["--faults", "light,reboots=-1"], "reboots: '-1' is no rate per hour from 0 to 3600"),
        (["--seed", "x"], "seed"),
    ])
    func badOptionsAreNamed(_ words: [String], _ complaint: String) {
        #expect {
            try SimulateOptions.parse(words)
        } throws: { error in
            SimulateOptions.message(for: error).contains(complaint)
        }
    }

    @Test func theSummaryHasFiguresForPrograms() throws {
        var options = SimulationOptions()
        options.duration = .seconds(30)
        var simulation = Simulation(options)
        let summary = SimulationSummary(simulation.run(), wallTime: .seconds(2))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(DataText.json(summary).utf8)) as? [String: Any])
        #expect(json["seed"] as? Int == 1)
        #expect((json["violations"] as? [Any])?.isEmpty == true)
        #expect((json["virtual_hours"] as? Double) ?? 0 > 0)
        #expect((json["settled"] as? [String: Any])?.keys.sorted() == ["become empty", "come to rest"])
        #expect(summary.text.hasPrefix("seed 1: every promise was kept\n"))
    }
}
