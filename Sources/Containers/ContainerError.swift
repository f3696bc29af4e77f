public import Cluster
public import LinuxKernel

/// Why the containerizer did not do what it was asked.
public enum ContainerError: Error, Hashable, Sendable {
    /// A container of that name is there and has not ended.
    case alreadyExists(ContainerID)
    /// There is no container of that name.
    case unknown(ContainerID)
    /// The container around it is not there or not running, for the given reason.
    case parentUnknown(ContainerID, reason: String)
    /// It would be nested deeper than the kernel allows.
    case tooDeep(ContainerID)
    /// It cannot be launched as described, whatever the machine's state.
    case invalid(ContainerID, reason: String)
    /// It could not be set up; nothing of it is left.
    case launchFailed(ContainerID, LaunchFailure)
    /// It has not ended, which it must before it is removed.
    case stillRunning(ContainerID)
    /// Its limits were not changed.
    case updateFailed(ContainerID, KernelError)
    /// The signal was not sent.
    case signalFailed(ContainerID, KernelError)
    /// Its command has no input that could be written to.
    case noInput(ContainerID)
    /// Something of it is left.
    case removalFailed(ContainerID, KernelError)
    /// No container can be launched or found again on this machine as it is.
    case unusable(reason: String)
}

/// What went wrong in setting a container up.
public struct LaunchFailure: Error, Hashable, Sendable {
    /// What was being done.
    public enum Stage: String, Hashable, Sendable {
        case sandbox, record, cgroup, network, process, configuration, namespace, root, volume, user, confinement
        case workingDirectory = "working directory"
        case command, terminal, streams
        /// It was destroyed before it was ready.
        case destroyed
    }

    /// What was being done.
    public var stage: Stage
    /// What exactly, on what, and why it failed.
    public var reason: String

    /// Describes a failure.
    public init(_ stage: Stage, _ reason: String) {
        self.stage = stage
        self.reason = reason
    }
}

extension ContainerError: CustomStringConvertible {
    /// What was attempted, why it failed and, where it helps, what to do.
    public var description: String {
        switch self {
        case .alreadyExists(let id):
            "container \(id) exists and has not ended"
        case .unknown(let id):
            "there is no container \(id)"
        case .parentUnknown(let id, let reason):
            "cannot launch container \(id): the container around it \(reason)"
        case .tooDeep(let id):
            "cannot launch container \(id): it would be nested \(id.depth) levels deep, and the kernel nests at most "
                + "\(ContainerID.maximumDepth) pid namespaces, those around this agent included"
        case .invalid(let id, let reason):
            "cannot launch container \(id): \(reason)"
        case .launchFailed(let id, let failure):
            "cannot launch container \(id): \(failure.stage.rawValue): \(failure.reason)"
        case .stillRunning(let id):
            "cannot remove container \(id): it has not ended; kill it first"
        case .updateFailed(let id, let error):
            "cannot change the limits of container \(id): \(error)"
        case .signalFailed(let id, let error):
            "cannot signal container \(id): \(error)"
        case .noInput(let id):
            "container \(id) has no input: it was launched without one, or its input is closed"
        case .removalFailed(let id, let error):
            "cannot remove all of container \(id): \(error)"
        case .unusable(let reason):
            "cannot run containers here: \(reason)"
        }
    }
}
