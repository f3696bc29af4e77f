import Simulation
import Testing

/// Options as text: what is printed for a failure is what the command reads.
@Suite struct OptionsTests {
    @Test(arguments: ["none", "light", "heavy", "light,lost-answers=0.5", "none,silence=10.0,reboots=3.0"])
    func faultsAreReadAsTheyAreWritten(_ text: String) throws {
        #expect(try FaultOptions(parsing: text).text == text)
    }

    @Test func knobsAloneBeginWithNothing() throws {
        let faults = try FaultOptions(parsing: "pauses=2")
        #expect(faults.pauses == 2 && faults.partitions == 0)
    }

    @Test(arguments: [
        ("", "''"), ("often", "'often'"), ("light,", "''"), ("light,heavy", "'heavy'"), ("lost-answers", "'lost-answers'"),
        ("lost-answers=", "lost-answers"), ("lost-answers=2", "from 0 to 1"), ("lost-answers=-1", "from 0"),
        ("reboots=nan", "reboots"), ("reboots=1e9", "from 0 to 3600"), ("a=b=c", "'a=b=c'"),
    ])
    func whatNamesNoFaultIsRefused(_ text: String, _ named: String) {
        #expect { try FaultOptions(parsing: text) } throws: { "\($0)".contains(named) }
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func aSwarmCanBeWrittenDown(seed: UInt64) throws {
        let options = SimulationOptions.swarm(seed: seed)
        #expect(try FaultOptions(parsing: options.faults.text) == options.faults)
        #expect(options.command.hasPrefix("agora simulate --seed \(seed)"))
    }

    @Test func onlyWhatDiffersIsNamed() {
        #expect(SimulationOptions().command == "agora simulate --seed 1")
        var options = SimulationOptions()
        options.agents = 9
        options.duration = .seconds(900)
        options.work.characters = [.killer, .tardy]
        options.faults.reboots = 7
        let all = "agora simulate --seed 1 --agents 9 --hours 0.25 --characters killer,tardy --faults light,reboots=7.0"
        #expect(options.command == all)
    }

    @Test func everyKnobTurnsSomethingOfItsOwn() throws {
        var texts: Set<String> = []
        for knob in FaultKnob.all { texts.insert(try FaultOptions(parsing: "none,\(knob.name)=0.125").text) }
        #expect(texts.count == FaultKnob.all.count)
    }
}
