extension SimulationOptions {
    /// Options that the seed itself chooses, so that many seeds try many kinds of clusters and of bad luck: some
    /// faults are left out altogether, others come often.
    public static func swarm(seed: UInt64, duration: Duration = .seconds(900)) -> SimulationOptions {
        var chance = Chance(seed: seed, purpose: 1)
        var options = SimulationOptions()
        options.seed = seed
        options.duration = duration
        options.agents = chance.number(1...4)
        options.frameworks = chance.number(1...4)
        options.work.tasksPerFramework = chance.number(1...8)
        options.work.taskTime = .seconds(chance.number(5...200))
        options.work.characters = (0..<options.frameworks).compactMap { _ in chance.pick(Character.allCases) }
        options.faults = .none
        for knob in FaultKnob.all { options.faults[keyPath: knob.path] = value(of: knob, in: duration, &chance) }
        return options
    }

    private static func value(of knob: FaultKnob, in duration: Duration, _ chance: inout Chance) -> Double {
        let heavy = FaultOptions.heavy[keyPath: knob.path]
        guard heavy > 0 else { return 0 }
        guard knob.unit != .seconds else { return Double(chance.number(1...max(1, Int(heavy * 2)))) }
        guard !chance.happens(0.3) else { return 0 }
        // Whole thousandths, so that the text of the options is short.
        let value = Double(chance.number(0...max(1, Int(heavy * 1000)))) / 1000
        guard knob.unit == .rate else { return value }
        // As many faults in a short time as in a longer one.
        return min((value * (.seconds(900) / duration)).rounded(), knob.maximum)
    }
}
