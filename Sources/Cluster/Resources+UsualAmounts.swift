extension Resources {
    /// The amounts that nearly all resources consist of.
    public struct UsualAmounts: Hashable, Sendable {
        /// Processors.
        public var cpus = Scalar.zero
        /// Mebibytes of memory.
        public var mem = Scalar.zero
        /// Mebibytes of disk.
        public var disk = Scalar.zero
        /// Graphics processors.
        public var gpus = Scalar.zero
    }

    /// The usual amounts, counted in one walk, whosever they are; nil if there is anything else, or several copies of one.
    public var usualAmounts: UsualAmounts? {
        var amounts = UsualAmounts()
        for entry in entries {
            guard case .scalar(let amount) = entry.resource.value, entry.copies == 1 else { return nil }
            switch entry.resource.name {
            case "cpus": amounts.cpus += amount
            case "mem": amounts.mem += amount
            case "disk": amounts.disk += amount
            case "gpus": amounts.gpus += amount
            default: return nil
            }
        }
        return amounts
    }
}
