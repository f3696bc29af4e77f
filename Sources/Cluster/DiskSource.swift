/// A disk other than that of the agent's work folder.
public struct DiskSource: Hashable, Sendable {
    /// What the disk is to its users.
    public enum Kind: String, Hashable, Sendable {
        /// A folder, to be divided.
        case path = "PATH"
        /// A whole mount, not divided.
        case mount = "MOUNT"
        /// A block device, not divided.
        case block = "BLOCK"
        /// Space without form, to be made into one of the others; divided unless it has an id.
        case raw = "RAW"
    }

    /// What the disk is to its users.
    public let kind: Kind
    /// The folder of a path or mount disk.
    public let root: String?
    /// Who made the storage plugin behind it.
    public let vendor: String?
    /// The plugin's name for this disk.
    public let id: String?
    /// The plugin's remarks, in rising order.
    public let metadata: [Label]
    /// The class of storage.
    public let profile: String?

    /// A disk with these particulars.
    public init(
        _ kind: Kind,
        root: String? = nil,
        vendor: String? = nil,
        id: String? = nil,
        metadata: [Label] = [],
        profile: String? = nil
    ) {
        self.kind = kind
        self.root = root
        self.vendor = vendor
        self.id = id
        self.metadata = metadata.sorted()
        self.profile = profile
    }

    /// Whether the disk is used as a whole or not at all.
    var isIndivisible: Bool {
        switch kind {
        case .path: false
        case .mount, .block: true
        case .raw: id != nil
        }
    }
}

extension DiskSource: CustomStringConvertible {
    /// As Mesos writes it: `MOUNT(vendor,id,profile):/mnt/data`.
    public var description: String {
        var text = kind.rawValue
        if vendor != nil || id != nil || profile != nil {
            text += "(" + [vendor, id, profile].map { $0 ?? "" }.joined(separator: ",") + ")"
        }
        return root.map { "\(text):\($0)" } ?? text
    }
}
