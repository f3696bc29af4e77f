import Simulation

/// Seed after seed until somebody ends it or a promise is broken.
struct Soak {
    let first: UInt64

    func run() async throws {
        await Terminal.print("simulating clusters from seed \(first) on; Ctrl-C ends it")
        let clock = ContinuousClock()
        let start = clock.now
        var hours = 0.0
        var tasks = 0
        for number in 0..<UInt64.max {
            let seed = first &+ number
            var simulation = Simulation(.swarm(seed: seed))
            let report = simulation.run()
            guard report.isGood else {
                await Terminal.note(report.failureText)
                throw ExitStatus.failure
            }
            hours += report.virtualTime / .seconds(3600)
            tasks += report.counts.tasks
            guard (number + 1).isMultiple(of: Self.seedsPerLine) else { continue }
            let speed = (hours / ((clock.now - start) / .seconds(1))).rounded()
            await Terminal.print("\(number + 1) seeds, \(tasks) tasks, \(Int(hours)) virtual hours, \(speed) hours per second")
        }
    }

    private static let seedsPerLine: UInt64 = 100
}
