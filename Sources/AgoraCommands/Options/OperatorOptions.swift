import ArgumentParser
import Master
import MasterCore

/// What those who watch a cluster may cost.
struct OperatorOptions: ParsableArguments {
    @Option(help: "How many may watch the cluster at once by SUBSCRIBE of the operator API; with more the oldest are cut off.")
    var maxOperatorEventStreamSubscribers = 1_000

    func validate() throws {
        guard (1...100_000).contains(maxOperatorEventStreamSubscribers) else {
            throw ValidationError("--max-operator-event-stream-subscribers must be from 1 to 100000.")
        }
    }

    func apply(to configuration: inout MasterConfiguration) {
        configuration.limits.operatorSubscribers = maxOperatorEventStreamSubscribers
    }
}
