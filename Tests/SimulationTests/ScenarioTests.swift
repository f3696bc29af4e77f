import Cluster
import Foundation
import TestSupport
import Testing

@testable import Simulation

/// Whole conversations of scheduler, master and agent through one bad event each, told in text files.
@Suite struct ScenarioTests {
    @Test(arguments: ["one-task", "master-restart", "agent-crash", "partition"])
    func theClusterDoesWhatIsWritten(_ name: String) throws {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Conversations"))
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Conversations/\(name).txt")
        var scenario = Scenario()
        for difference in try Transcript(file).differences(rewriting: source, { try scenario.say($0) }) {
            Issue.record(Comment(rawValue: "\(difference)"))
        }
        #expect(scenario.violations.isEmpty)
    }
}

/// A small cluster without faults but those that are asked for, in sentences.
private struct Scenario {
    private var simulation = Simulation(SimulationOptions())
    private var told = 0

    var violations: [String] { simulation.checkers.violations }

    mutating func say(_ sentence: String) throws -> [String] {
        let words = sentence.split(separator: " ").map(String.init)
        switch words.first {
        case "seed": begin(try #require(UInt64(words[1])))
        case "wait": simulation.pass(until: simulation.now + .milliseconds(Int64((try #require(Double(words[1])) * 1000).rounded())))
        case "crash": simulation.crash(try party(words[1]))
        case "isolate": simulation.network.paths[try party(words[1])] = Path(isOpenToMaster: false, isOpenFromMaster: false)
        case "reconnect": simulation.reconnect(try party(words[1]))
        case "rest": simulation.heal()
        case "end": simulation.drain()
        default: throw ScenarioError(description: "nothing is meant by '\(sentence)'")
        }
        defer { told = simulation.history.all.count }
        // What is only a sign of life is left out, and so are times: a reader does not miss them.
        return simulation.history.all[told...].map { String($0.dropFirst("00:00:00.000000 ".count)) }.filter { !$0.contains("HEARTBEAT") }
    }

    private mutating func begin(_ seed: UInt64) {
        var options = SimulationOptions()
        options.seed = seed
        options.agents = 1
        options.frameworks = 1
        options.faults = .none
        options.faults.downtime = 4
        options.work.tasksPerFramework = 1
        options.work.taskTime = .seconds(40)
        options.keepsHistory = true
        simulation = Simulation(options)
        told = 0
        simulation.begin()
    }

    private func party(_ name: String) throws -> Party {
        try #require(simulation.parties.first { "\($0)" == name }, "nobody is called \(name)")
    }
}

private struct ScenarioError: Error, CustomStringConvertible {
    let description: String
}
