import Cluster
import MesosMessages

/// The rules on executors (Mesos: `master/validation.cpp`, executor).
enum ExecutorValidation {
    /// The rules that hold for every executor.
    static func check(_ executor: Mesos_V1_ExecutorInfo, framework: FrameworkID) throws(Problem) {
        do { _ = try ExecutorID(validating: executor.executorID.value) } catch { throw Problem("executor.executor_id: \(error)") }
        try checkType(executor)
        if executor.hasFrameworkID, executor.frameworkID.value != framework.value {
            throw Problem("executor.framework_id: '\(executor.frameworkID.value.shortened)' is not this framework, '\(framework)'")
        }
        if executor.hasShutdownGracePeriod, executor.shutdownGracePeriod.nanoseconds < 0 {
            throw Problem("executor.shutdown_grace_period: a time must not be negative")
        }
        if executor.hasCommand { try TaskValidation.check(executor.command, of: "executor.command") }
        guard executor.hasContainer else { return }
        try ContainerValidation.check(executor.container, of: "executor.container")
        if executor.container.linuxInfo.hasShareCgroups, executor.container.linuxInfo.shareCgroups {
            throw Problem("executor.container.linux_info.share_cgroups: an executor has no parent to share with; leave it out")
        }
    }

    private static func checkType(_ executor: Mesos_V1_ExecutorInfo) throws(Problem) {
        switch executor.type {
        case .default:
            if executor.hasCommand { throw Problem("executor.command: the DEFAULT executor has none; leave it out") }
            if executor.hasContainer, executor.container.type != .mesos {
                throw Problem("executor.container.type: the DEFAULT executor runs in a container of type MESOS; use that")
            }
            if executor.container.mesos.hasImage {
                throw Problem("executor.container.mesos.image: the DEFAULT executor has no image; give images to the tasks")
            }
        case .custom where !executor.hasCommand: throw Problem("executor.command: missing; a CUSTOM executor is what it runs")
        case .custom, .unknown: break
        }
    }

    /// The rules on the executor of a single task.
    static func checkCustom(_ executor: Mesos_V1_ExecutorInfo, framework: FrameworkID) throws(Problem) {
        try check(executor, framework: framework)
        if executor.hasType, executor.type == .unknown { throw Problem("executor.type: unknown; use CUSTOM") }
        if !executor.hasCommand { throw Problem("executor.command: missing; a custom executor is what it runs") }
    }

    static func checkUnshared(_ resources: Resources) throws(Problem) {
        guard resources.shared.isEmpty else {
            throw Problem("executor.resources: a shared volume cannot belong to an executor; give it to the tasks")
        }
    }

    /// What an executor needs for itself and does not have (Mesos: `MIN_CPUS`, `MIN_MEM`).
    static func lack(in resources: Resources) -> String? {
        if resources.scalar("cpus").thousandths < 10 { return "an executor needs at least 0.01 cpus" }
        if resources.scalar("mem").thousandths < 32_000 { return "an executor needs at least 32 MB of mem" }
        return nil
    }
}
