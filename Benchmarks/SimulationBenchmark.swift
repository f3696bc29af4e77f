import Simulation

/// How many hours of a cluster with faults are simulated in a second: what one processor finds out overnight.
func benchmarkSimulation(into report: inout Report) {
    var options = SimulationOptions()
    options.agents = 10
    options.frameworks = 6
    options.duration = .seconds(4 * 3600)
    var simulation = Simulation(options)
    var hours = 0.0
    let duration = ContinuousClock().measure {
        let result = simulation.run()
        precondition(result.isGood, "what is measured must be right")
        hours = result.virtualTime / .seconds(3600)
    }
    report.add("simulated cluster of 10 agents and 6 frameworks, light faults", hours / duration.seconds, "hours per second")
}
