import Cluster

/// `resources` of a container.
enum PodResources {
    /// Processors and memory by Kubernetes's names, in Mesos's units.
    private struct Amounts {
        var cpus: Scalar?
        var memory: Scalar?
        var disk: Scalar?
        var gpus: Scalar?
    }

    static func needs(_ value: ManifestValue?) throws(PodFileError) -> TaskNeeds {
        guard let value else { return .usual }
        var fields = try ManifestFields(value)
        let requestsValue = fields.take("requests")
        let requests = try amounts(requestsValue)
        let limitsValue = fields.take("limits")
        let limits = try amounts(limitsValue)
        try fields.finish(unsupported: ["claims": "resource claims are"])
        // What is limited but not requested is requested as much as it is limited, as Kubernetes has it.
        var needs = TaskNeeds(
            cpus: requests.cpus ?? limits.cpus ?? TaskNeeds.usual.cpus,
            memory: requests.memory ?? limits.memory ?? TaskNeeds.usual.memory,
            disk: requests.disk ?? limits.disk ?? TaskNeeds.usual.disk,
            cpuLimit: limits.cpus,
            memoryLimit: limits.memory
        )
        needs.gpus = requests.gpus ?? limits.gpus ?? .zero
        if let limit = limits.gpus, let limitsValue, limit != needs.gpus {
            throw PodFileError("\(limitsValue.path).\(gpuName)", "must be the same as in requests")
        }
        if let limit = needs.cpuLimit, let limitsValue, limit < needs.cpus {
            throw PodFileError("\(limitsValue.path).cpu", "must not be below the cpu in requests")
        }
        if let limit = needs.memoryLimit, let limitsValue, limit < needs.memory {
            throw PodFileError("\(limitsValue.path).memory", "must not be below the memory in requests")
        }
        return needs
    }

    private static func amounts(_ value: ManifestValue?) throws(PodFileError) -> Amounts {
        guard let value else { return Amounts() }
        var fields = try ManifestFields(value)
        let amounts = Amounts(
            cpus: try cpus(fields.take("cpu")),
            memory: try mebibytes(fields.take("memory")),
            disk: try mebibytes(fields.take("ephemeral-storage")),
            gpus: try gpus(fields.take(gpuName))
        )
        try fields.finish(unsupported: [:])
        return amounts
    }

    private static let gpuName = "nvidia.com/gpu"

    private static func gpus(_ value: ManifestValue?) throws(PodFileError) -> Scalar? {
        guard let value else { return nil }
        let quantity = try Quantity(parsing: try value.textOrNumber(), at: value.path)
        guard quantity.thousandths % 1000 == 0 else { throw value.error("must be a whole number: GPUs are not shared") }
        return try bounded(quantity.thousandths, value)
    }

    private static func cpus(_ value: ManifestValue?) throws(PodFileError) -> Scalar? {
        guard let value else { return nil }
        let quantity = try Quantity(parsing: try value.textOrNumber(), at: value.path)
        guard quantity.thousandths >= 10 else { throw value.error("must be at least 10m (a hundredth of a processor)") }
        return try bounded(quantity.thousandths, value)
    }

    /// Mesos counts memory and disk in mebibytes.
    private static func mebibytes(_ value: ManifestValue?) throws(PodFileError) -> Scalar? {
        guard let value else { return nil }
        let quantity = try Quantity(parsing: try value.textOrNumber(), at: value.path)
        let (quotient, remainder) = quantity.thousandths.quotientAndRemainder(dividingBy: 1 << 20)
        guard quotient >= 1000 else { throw value.error("must be at least 1Mi (a mebibyte)") }
        return try bounded(remainder == 0 ? quotient : quotient + 1, value)
    }

    /// A number of bytes, at least one.
    static func bytes(_ value: ManifestValue) throws(PodFileError) -> Int64 {
        let quantity = try Quantity(parsing: try value.textOrNumber(), at: value.path)
        guard quantity.thousandths > 0 else { throw value.error("must be above 0") }
        let (quotient, remainder) = quantity.thousandths.quotientAndRemainder(dividingBy: 1000)
        return remainder == 0 ? quotient : quotient + 1
    }

    private static func bounded(_ thousandths: Int64, _ value: ManifestValue) throws(PodFileError) -> Scalar {
        guard thousandths <= Scalar.maximum.thousandths else { throw value.error("is more than any machine has") }
        return Scalar(thousandths: thousandths)
    }
}
