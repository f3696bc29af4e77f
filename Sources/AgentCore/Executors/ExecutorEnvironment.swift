import Cluster
import MesosMessages

extension TaskEnvironment {
    /// The variables that only the program of a custom executor gets; the shell adds its token.
    func executorVariables(hasImage: Bool) -> [EnvironmentVariable] {
        let options = configuration.executors
        var variables = [
            EnvironmentVariable("MESOS_HTTP_COMMAND_EXECUTOR", "0"),
            EnvironmentVariable("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", executor.info.shutdownGrace(options).mesosText),
        ]
        if framework.checkpoint {
            variables.append(EnvironmentVariable("MESOS_RECOVERY_TIMEOUT", options.recoveryTimeout.mesosText))
            variables.append(EnvironmentVariable("MESOS_SUBSCRIPTION_BACKOFF_MAX", options.reregistrationTimeout.mesosText))
        }
        if let socket = options.socket {
            variables.append(EnvironmentVariable("MESOS_DOMAIN_SOCKET", hasImage ? socket.pathInImage : socket.path))
        }
        return variables
    }
}

extension Mesos_V1_ExecutorInfo {
    /// From SHUTDOWN until force.
    func shutdownGrace(_ options: ExecutorOptions) -> Duration {
        hasShutdownGracePeriod ? .nanoseconds(max(0, shutdownGracePeriod.nanoseconds)) : options.shutdownGrace
    }
}

/// The unix domain socket of the executor API.
struct ExecutorSocket {
    /// Where it stands on the host. Where a container sees the host's files it is found by the same path, which may be
    /// no longer than an address of unix(7); a path below the sandbox would be.
    let path: String

    /// Its folder, which containers get instead of the socket: a restarted agent puts a new one into it.
    var folder: String { path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } }
    var pathInImage: String { "\(Self.folderInImage)/\(path.split(separator: "/").last ?? "")" }

    /// What a container with an image needs to see it.
    var volume: ContainerVolume {
        ContainerVolume(source: .host(folder), containerPath: Self.folderInImage, isReadOnly: true)
    }

    private static let folderInImage = "/mnt/mesos/agent"
}

extension ExecutorOptions {
    var socket: ExecutorSocket? { socketPath.map { ExecutorSocket(path: $0) } }
}

extension Duration {
    /// As Mesos writes durations: the largest unit that it fills, as in "15mins", "5secs", "1.5secs".
    public var mesosText: String {
        let nanoseconds = clampedNanoseconds
        let unit = Self.units.first { nanoseconds >= $0.nanoseconds } ?? Self.units[Self.units.count - 1]
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
        guard rest != 0 else { return "\(whole)\(unit.name)" }
        return "\(Double(nanoseconds) / Double(unit.nanoseconds))\(unit.name)"
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("weeks", 604_800_000_000_000), ("days", 86_400_000_000_000), ("hrs", 3_600_000_000_000), ("mins", 60_000_000_000),
        ("secs", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]
}

extension LaunchPlanner {
    /// The container of a custom executor.
    func custom(_ plan: CustomPlan, limits: ContainerLimits) -> ContainerLaunch {
        let executor = environment.executor
        var launch = self.executor(plan.request, limits: limits)
        launch.agentVariables += environment.executorVariables(hasImage: plan.request.image != nil)
        if plan.request.image != nil, let socket = environment.configuration.executors.socket { launch.volumes.append(socket.volume) }
        launch.credential = ExecutorClaims(
            framework: executor.key.framework,
            executor: executor.key.executor,
            container: executor.container
        )
        return launch
    }
}
