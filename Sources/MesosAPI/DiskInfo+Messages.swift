import Cluster
import MesosMessages

extension DiskInfo {
    /// Checks disk information from the wire.
    init(_ message: Mesos_V1_Resource.DiskInfo) throws(ResourcesError) {
        self.init(
            persistence: message.hasPersistence ? try Persistence(message.persistence) : nil,
            volume: message.hasVolume ? try Volume(message.volume) : nil,
            source: message.hasSource ? try DiskSource(message.source) : nil
        )
    }

    /// The disk information for the wire.
    var message: Mesos_V1_Resource.DiskInfo {
        var message = Mesos_V1_Resource.DiskInfo()
        if let persistence { message.persistence = persistence.message }
        if let volume { message.volume = volume.message }
        if let source { message.source = source.message }
        return message
    }
}

extension DiskInfo.Persistence {
    fileprivate init(_ message: Mesos_V1_Resource.DiskInfo.Persistence) throws(ResourcesError) {
        self.init(id: try PersistenceID(resource: message.id), principal: message.hasPrincipal ? message.principal : nil)
    }

    fileprivate var message: Mesos_V1_Resource.DiskInfo.Persistence {
        var message = Mesos_V1_Resource.DiskInfo.Persistence()
        message.id = id.value
        if let principal { message.principal = principal }
        return message
    }
}

extension DiskInfo.Volume {
    fileprivate init(_ message: Mesos_V1_Volume) throws(ResourcesError) {
        guard !message.hasImage, !message.hasSource else {
            throw ResourcesError(piece: "disk", reason: "the volume of a disk must have neither image nor source: the disk is its source")
        }
        self.init(
            containerPath: message.containerPath,
            hostPath: message.hasHostPath ? message.hostPath : nil,
            isReadOnly: message.mode == .ro
        )
    }

    fileprivate var message: Mesos_V1_Volume {
        var message = Mesos_V1_Volume()
        message.mode = isReadOnly ? .ro : .rw
        message.containerPath = containerPath
        if let hostPath { message.hostPath = hostPath }
        return message
    }
}

extension DiskSource {
    fileprivate init(_ message: Mesos_V1_Resource.DiskInfo.Source) throws(ResourcesError) {
        self.init(
            try Kind(message.type),
            root: message.path.hasRoot ? message.path.root : message.mount.hasRoot ? message.mount.root : nil,
            vendor: message.hasVendor ? message.vendor : nil,
            id: message.hasID ? message.id : nil,
            metadata: message.metadata.values,
            profile: message.hasProfile ? message.profile : nil
        )
        guard message.hasPath && kind != .path || message.hasMount && kind != .mount else { return }
        throw ResourcesError(
            piece: "disk",
            reason: "a disk source of type \(kind.rawValue) must not have the path or mount of another type"
        )
    }

    fileprivate var message: Mesos_V1_Resource.DiskInfo.Source {
        var message = Mesos_V1_Resource.DiskInfo.Source()
        message.type = kind.message
        if let root, kind == .path { message.path.root = root }
        if let root, kind == .mount { message.mount.root = root }
        if let vendor { message.vendor = vendor }
        if let id { message.id = id }
        if !metadata.isEmpty { message.metadata = Mesos_V1_Labels(metadata) }
        if let profile { message.profile = profile }
        return message
    }
}

extension DiskSource.Kind {
    fileprivate init(_ message: Mesos_V1_Resource.DiskInfo.Source.TypeEnum) throws(ResourcesError) {
        switch message {
        case .path: self = .path
        case .mount: self = .mount
        case .block: self = .block
        case .raw: self = .raw
        case .unknown: throw ResourcesError(piece: "disk", reason: "a disk source needs a type: PATH, MOUNT, BLOCK or RAW")
        }
    }

    fileprivate var message: Mesos_V1_Resource.DiskInfo.Source.TypeEnum {
        switch self {
        case .path: .path
        case .mount: .mount
        case .block: .block
        case .raw: .raw
        }
    }
}
