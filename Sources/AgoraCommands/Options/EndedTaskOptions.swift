import Agent
import AgentCore
import ArgumentParser

/// How long an agent tells how its tasks ended.
struct EndedTaskOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long it is kept how a task ended, with the last lines that it wrote.", valueName: "duration"))
    var maxEndedTaskAge = DurationArgument(EndedTaskLimits().age)
    @Option(help: ArgumentHelp("Of how many ended tasks, at most; 0: of none.", valueName: "count"))
    var maxEndedTaskCount = EndedTaskLimits().count

    private static let most = 1_000_000

    func validate() throws {
        guard (0...Self.most).contains(maxEndedTaskCount) else {
            throw ValidationError("--max-ended-task-count must be from 0 to \(Self.most).")
        }
    }

    func apply(to configuration: inout AgentConfiguration) {
        configuration.endedTasks.age = maxEndedTaskAge.duration
        configuration.endedTasks.count = maxEndedTaskCount
    }
}
