import MesosMessages

extension ContainerVolume {
    /// The volume of a message; those that need a driver or a plugin are refused.
    init(_ volume: Mesos_V1_Volume) throws(LaunchRefusal) {
        let field = "container.volumes \"\(volume.containerPath)\""
        try Self.checkPath(volume.containerPath, "\(field): container_path")
        self.init(
            source: try Self.source(of: volume, field),
            containerPath: volume.containerPath,
            isReadOnly: volume.mode == .ro,
            propagation: try Self.propagation(of: volume, field)
        )
    }

    private static func source(of volume: Mesos_V1_Volume, _ field: String) throws(LaunchRefusal) -> Source {
        if volume.hasImage {
            guard !volume.hasHostPath, !volume.hasSource else {
                throw LaunchRefusal("\(field): has image beside host_path or source; give one")
            }
            return .image(try ImageRequest(volume.image, "\(field): image"))
        }
        if volume.hasHostPath {
            guard !volume.hasSource else { throw LaunchRefusal("\(field): has both host_path and source; give one") }
            try checkPath(volume.hostPath, "\(field): host_path")
            return volume.hostPath.hasPrefix("/") ? .host(volume.hostPath) : .sandbox(volume.hostPath)
        }
        guard volume.hasSource else { throw LaunchRefusal("\(field): needs a source, as HOST_PATH or SANDBOX_PATH, or an image") }
        switch volume.source.type {
        case .hostPath: return try hostPath(volume.source.hostPath, field)
        case .sandboxPath: return try sandboxPath(volume.source.sandboxPath, field)
        case .dockerVolume: throw .unsupported(field, "volumes of Docker drivers are")
        case .secret: return .secret(try SecretValue.bytes(of: volume.source.secret, "\(field): source.secret"))
        case .csiVolume: throw .unsupported(field, "CSI volumes are")
        default: throw LaunchRefusal("\(field): source.type must be HOST_PATH or SANDBOX_PATH")
        }
    }

    private static func hostPath(
        _ source: Mesos_V1_Volume.Source.HostPath,
        _ field: String
    ) throws(LaunchRefusal) -> Source {
        try checkPath(source.path, "\(field): source.host_path.path")
        guard source.path.hasPrefix("/") else {
            throw LaunchRefusal("\(field): source.host_path.path must be absolute, is \"\(source.path)\"")
        }
        return .host(source.path)
    }

    private static func propagation(of volume: Mesos_V1_Volume, _ field: String) throws(LaunchRefusal) -> Propagation {
        guard volume.source.hostPath.hasMountPropagation else { return .usual }
        switch volume.source.hostPath.mountPropagation.mode {
        case .hostToContainer: return .hostToContainer
        case .bidirectional: return .bidirectional
        default: throw LaunchRefusal("\(field): source.host_path.mount_propagation.mode must be HOST_TO_CONTAINER or BIDIRECTIONAL")
        }
    }

    private static func sandboxPath(
        _ source: Mesos_V1_Volume.Source.SandboxPath,
        _ field: String
    ) throws(LaunchRefusal) -> Source {
        try checkPath(source.path, "\(field): source.sandbox_path.path")
        guard !source.path.hasPrefix("/") else {
            throw LaunchRefusal("\(field): source.sandbox_path.path must be relative, is \"\(source.path)\"")
        }
        switch source.type {
        case .self_: return .sandbox(source.path)
        case .parent: return .parentSandbox(source.path)
        default: throw LaunchRefusal("\(field): source.sandbox_path.type must be SELF or PARENT")
        }
    }

    private static func checkPath(_ path: String, _ field: String) throws(LaunchRefusal) {
        let hasParent = path.split(separator: "/").contains("..")
        guard !path.isEmpty, !path.contains("\0"), !hasParent else {
            throw LaunchRefusal("\(field) must not be empty and must not contain \"..\" or NUL, is \"\(path)\"")
        }
    }
}
