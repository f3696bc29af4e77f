import Cluster
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// The resources of one container, and the limits above them.
struct TaskNeeds: Hashable {
    /// What a container gets that asks for nothing.
    static let usual = TaskNeeds(cpus: Scalar(thousandths: 100), memory: Scalar(thousandths: 32_000), disk: .zero)
    /// What the pod itself needs, beside its containers: the least that Mesos lets an executor have.
    static let executor = TaskNeeds(cpus: Scalar(thousandths: 10), memory: Scalar(thousandths: 32_000), disk: Scalar(thousandths: 1000))

    /// Processors.
    var cpus: Scalar
    /// Mebibytes.
    var memory: Scalar
    /// Mebibytes.
    var disk: Scalar
    /// Whole GPUs of its own.
    var gpus = Scalar.zero
    /// Processors that it may use even when more are idle.
    var cpuLimit: Scalar?
    /// Mebibytes beyond which the kernel ends it.
    var memoryLimit: Scalar?

    /// Whether there are limits beside the resources.
    var hasLimits: Bool { cpuLimit != nil || memoryLimit != nil }

    /// What to ask a master for.
    var resources: [Mesos_V1_Resource] {
        Resources([
            Resource("cpus", .scalar(cpus)), Resource("mem", .scalar(memory)), Resource("disk", .scalar(disk)),
            Resource("gpus", .scalar(gpus)),
        ]).messages
    }

    /// `TaskInfo.limits`.
    var limits: [String: Mesos_V1_Value.Scalar] {
        var limits: [String: Mesos_V1_Value.Scalar] = [:]
        if let cpuLimit { limits["cpus"] = .with { $0.value = cpuLimit.value } }
        if let memoryLimit { limits["mem"] = .with { $0.value = memoryLimit.value } }
        return limits
    }
}
