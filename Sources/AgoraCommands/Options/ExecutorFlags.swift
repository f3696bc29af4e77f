import Agent
import ArgumentParser

/// How an agent treats the executors that frameworks bring.
struct ExecutorFlags: ParsableArguments {
    @Option(help: ArgumentHelp("How long a new executor may take to subscribe.", valueName: "time"))
    var executorRegistrationTimeout = DurationArgument(.seconds(60))
    @Option(help: ArgumentHelp("How long an executor may take to come back after a restart of the agent; 15s at most.", valueName: "time"))
    var executorReregistrationTimeout = DurationArgument(.seconds(2))
    @Option(help: ArgumentHelp("How long an executor may take to end when it is told to.", valueName: "time"))
    var executorShutdownGracePeriod = DurationArgument(.seconds(5))
    @Option(help: ArgumentHelp("A unix domain socket for executors besides TCP, in a folder for nothing else.", valueName: "path"))
    var executorDomainSocket: String?
    @Flag(help: "Refuse executors that do not send their token.")
    var authenticateHttpExecutors = false

    func validate() throws {
        guard executorRegistrationTimeout.duration > .zero, executorReregistrationTimeout.duration > .zero else {
            throw ValidationError("--executor-registration-timeout and --executor-reregistration-timeout must be above 0.")
        }
        guard executorReregistrationTimeout.duration <= .seconds(15) else {
            throw ValidationError("--executor-reregistration-timeout must be 15s at most.")
        }
        if let path = executorDomainSocket, !path.hasPrefix("/") {
            throw ValidationError("--executor-domain-socket must be an absolute path.")
        }
    }

    func apply(to configuration: inout AgentConfiguration) {
        configuration.executorRegistrationTimeout = executorRegistrationTimeout.duration
        configuration.executorReregistrationTimeout = executorReregistrationTimeout.duration
        configuration.executorShutdownGrace = executorShutdownGracePeriod.duration
        configuration.executorSocketPath = executorDomainSocket
        configuration.requiresExecutorTokens = authenticateHttpExecutors
    }
}
