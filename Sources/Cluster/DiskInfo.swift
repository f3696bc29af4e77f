/// What is special about a disk resource.
///
/// Two are equal when they mean the same disk. How somebody uses it (``volume``) and who made the volume on it
/// (``Persistence/principal``) do not matter for that, as in Mesos.
public struct DiskInfo: Sendable {
    /// What makes a disk resource a persistent volume: data that outlives its task.
    public struct Persistence: Hashable, Sendable {
        /// The volume's name.
        public let id: PersistenceID
        /// Who made the volume.
        public let principal: String?

        /// A persistent volume.
        public init(id: PersistenceID, principal: String? = nil) {
            self.id = id
            self.principal = principal
        }
    }

    /// Where the disk appears in a container.
    public struct Volume: Hashable, Sendable {
        /// Where it appears: a path relative to the sandbox.
        public let containerPath: String
        /// Where it is on the machine; the agent chooses the place of a persistent volume itself.
        public let hostPath: String?
        /// Whether the container must not write to it.
        public let isReadOnly: Bool

        /// A volume at `containerPath`.
        public init(containerPath: String, hostPath: String? = nil, isReadOnly: Bool = false) {
            self.containerPath = containerPath
            self.hostPath = hostPath
            self.isReadOnly = isReadOnly
        }
    }

    /// The volume on the disk, if there is one.
    public let persistence: Persistence?
    /// How the disk is used.
    public let volume: Volume?
    /// The disk it is; none for the disk of the agent's work folder.
    public let source: DiskSource?

    /// A disk resource with these particulars.
    public init(persistence: Persistence? = nil, volume: Volume? = nil, source: DiskSource? = nil) {
        self.persistence = persistence
        self.volume = volume
        self.source = source
    }
}

extension DiskInfo: Hashable {
    /// Whether both are the same disk.
    public static func == (left: DiskInfo, right: DiskInfo) -> Bool {
        left.source == right.source && left.persistence?.id == right.persistence?.id
    }

    /// Mixes in what tells disks apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(persistence?.id)
    }
}

extension DiskInfo: CustomStringConvertible {
    /// As Mesos writes it: `MOUNT(vendor,id,profile):/mnt/data,volume-1:data:rw`.
    public var description: String {
        var parts = source.map { [$0.description] } ?? []
        let mode = { (volume: Volume) in volume.isReadOnly ? "ro" : "rw" }
        let path = volume.map { ($0.hostPath.map { $0 + ":" } ?? "") + "\($0.containerPath):\(mode($0))" }
        let named = [persistence?.id.value, path].compactMap(\.self).joined(separator: ":")
        if !named.isEmpty { parts.append(named) }
        return parts.joined(separator: ",")
    }
}
