import ArgumentParser
import Foundation
import Simulation

/// `agora simulate`
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Try a whole cluster in virtual time, with faults, from one seed.",
        discussion: """
            A real master and real agents, scripted frameworks, and a network, disks, clocks and containers by chance. All is
            decided by the seed: the same options give the same history. A broken promise is printed with the last events and
            the command that shows it again; the exit status is then 1.

            FAULTS
              none, light or heavy, then single ones by name, as in light,lost-answers=0.1
            \(Self.knobs)

            EXAMPLE
              agora simulate --seed 7
              agora simulate --agents 20 --frameworks 10 --hours 2 --faults heavy
              agora simulate --faults none,master-crashes=10 --history
            """
    )

    @OptionGroup var options: SimulateOptions
    @OptionGroup var output: OutputOptions<TextFormat>
    @Flag(help: "Print every event.")
    var history = false
    @Flag(help: "Go on with seed after seed, each with a cluster and faults of its own, until Ctrl-C or a broken promise.")
    var soak = false
    @Flag(help: "Let the seed choose the cluster and its faults; the other options do not count.")
    var swarm = false

    func run() async throws {
        if soak { return try await Soak(first: options.seed ?? .random(in: 1...UInt64(UInt32.max))).run() }
        var chosen = swarm ? SimulationOptions.swarm(seed: options.seed ?? 1) : options.simulation
        chosen.keepsHistory = history
        var simulation = Simulation(chosen)
        let clock = ContinuousClock()
        let start = clock.now
        let report = simulation.run()
        let summary = SimulationSummary(report, wallTime: clock.now - start)
        for line in report.history { await Terminal.print(line) }
        try await output.print(summary) { _ in summary.text }
        guard report.isGood else {
            await Terminal.note(report.failureText)
            throw ExitStatus.failure
        }
    }

    private static var knobs: String {
        FaultKnob.all.map { "  \($0.name) (\($0.unit.rawValue))" }.joined(separator: "\n")
    }
}

/// What is simulated.
struct SimulateOptions: ParsableArguments {
    @Option(help: "Decides everything that is left to chance.")
    var seed: UInt64?
    @Option(help: "How many machines run an agent.")
    var agents = SimulationOptions().agents
    @Option(help: "How many frameworks there are.")
    var frameworks = SimulationOptions().frameworks
    @Option(help: "For how many virtual hours there are faults and launches; then all must come to rest.")
    var hours = 1.0
    @Option(help: "How many tasks each framework wants to have at once.")
    var tasks = SimulationOptions().work.tasksPerFramework
    @Option(help: "How long a task runs on average, as in 90s or 5m.")
    var taskTime = DurationArgument(SimulationOptions().work.taskTime)
    @Option(
        help: "How the frameworks behave, in turn: some of \(Character.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: SimulateOptions.characters
    )
    var characters = SimulationOptions().work.characters
    @Option(help: "What goes wrong: none, light or heavy, and single faults.", transform: SimulateOptions.faults)
    var faults = FaultOptions.light

    var simulation: SimulationOptions {
        var options = SimulationOptions()
        options.seed = seed ?? 1
        options.agents = agents
        options.frameworks = frameworks
        options.duration = .milliseconds(Int64((hours * 3_600_000).rounded()))
        options.work.tasksPerFramework = tasks
        options.work.taskTime = taskTime.duration
        options.work.characters = characters
        options.faults = faults
        return options
    }

    /// ArgumentParser shows what is wrong with a text only if its reading throws.
    private static let faults: @Sendable (String) throws -> FaultOptions = { text in
        do { return try FaultOptions(parsing: text) } catch { throw ValidationError("\(error)") }
    }

    private static let characters: @Sendable (String) throws -> [Character] = { text in
        try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let character = Character(rawValue: String(name)) else {
                throw ValidationError("nobody behaves like '\(name.prefix(64))'")
            }
            return character
        }
    }

    func validate() throws {
        let most = SimulationOptions.maximumParties
        guard (1...most).contains(agents) else { throw ValidationError("--agents: \(agents) is not from 1 to \(most)") }
        guard (1...most).contains(frameworks) else { throw ValidationError("--frameworks: \(frameworks) is not from 1 to \(most)") }
        guard (1...most).contains(tasks) else { throw ValidationError("--tasks: \(tasks) is not from 1 to \(most)") }
        guard hours > 0, hours <= 10_000 else { throw ValidationError("--hours: \(hours) is not above 0 and at most 10000") }
        guard taskTime.duration > .zero, taskTime.duration <= .seconds(86_400) else {
            throw ValidationError("--task-time: must be above 0 and at most a day, 24h")
        }
    }
}
