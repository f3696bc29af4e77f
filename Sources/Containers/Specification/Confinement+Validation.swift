import LinuxKernel

extension Confinement {
    /// The most devices of a container.
    static let maximumDevices = 256

    /// Why it cannot be had, whatever the machine's state; nothing if it can.
    ///
    /// - Parameter hasOwnRoot: whether the container has an image of its own.
    func reasonAgainst(hasOwnRoot: Bool) -> String? {
        if let effectiveCapabilities, let boundingCapabilities, !effectiveCapabilities.isSubset(of: boundingCapabilities) {
            return "the effective capabilities are not all among the bounding ones: "
                + "\(effectiveCapabilities.subtracting(boundingCapabilities))"
        }
        if hasReadOnlyRoot && !hasOwnRoot { return "only the root of an image of its own can be read-only" }
        if let sharedMemoryBytes, sharedMemoryBytes <= 0 { return "the size of /dev/shm must be above 0, is \(sharedMemoryBytes)" }
        return reasonAgainstLimits ?? reasonAgainstDevices(hasOwnRoot: hasOwnRoot)
    }

    private var reasonAgainstLimits: String? {
        for limit in processLimits where limit.soft ?? .max > limit.hard ?? .max {
            return "the soft limit on \(limit.resource) is above the hard one"
        }
        let resources = Set(processLimits.map(\.resource))
        return resources.count < processLimits.count ? "a resource of its processes is limited twice" : nil
    }

    private func reasonAgainstDevices(hasOwnRoot: Bool) -> String? {
        guard !devices.isEmpty else { return nil }
        guard hasOwnRoot else { return "only a container with an image of its own has a /dev of its own, where devices can be added" }
        guard devices.count <= Self.maximumDevices else { return "there are more than \(Self.maximumDevices) devices" }
        for path in devices.flatMap({ [$0.hostPath, $0.containerPath] }) where !Self.isDevicePath(path) {
            return "the device \"\(path.prefix(80))\" must be a path below /dev without \"..\", of at most \(Self.longestDevicePath) bytes"
        }
        return nil
    }

    private static let longestDevicePath = 200

    private static func isDevicePath(_ path: String) -> Bool {
        guard let name = Path.below("/dev", path) else { return false }
        return Path.isPlain(name) && !name.hasSuffix("/") && path.utf8.count <= longestDevicePath
    }
}
