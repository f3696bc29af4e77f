import MesosMessages

/// The rules on the containers of tasks and executors (Mesos: `common/validation.cpp`, `ContainerInfo`).
enum ContainerValidation {
    static func check(_ container: Mesos_V1_ContainerInfo, of field: String) throws(Problem) {
        for (index, volume) in container.volumes.enumerated() {
            try check(volume, of: "\(field).volumes[\(index)]")
        }
        guard container.type == .docker else { return }
        guard container.hasDocker else { throw Problem("\(field).docker: missing; a container of type DOCKER must carry it") }
        if container.docker.parameters.contains(where: { $0.key == "name" }) {
            throw Problem("\(field).docker.parameters: the agent names the container itself; leave 'name' out")
        }
    }

    private static func check(_ volume: Mesos_V1_Volume, of field: String) throws(Problem) {
        guard !volume.containerPath.isEmpty else { throw Problem("\(field).container_path: empty; it says where the volume appears") }
        switch [volume.hasHostPath, volume.hasImage, volume.hasSource].count(where: \.self) {
        case 0: throw Problem("\(field): none of host_path, image and source; one of them says what the volume is")
        case 1: break
        default:
            if volume.hasHostPath, volume.hasSource { throw Problem("\(field): host_path together with source; use one") }
            throw Problem("\(field): image together with host_path or source; use one")
        }
        guard volume.hasSource else { return }
        if volume.source.type == .unknown { throw Problem("\(field).source.type: missing or unknown; it says what the source is") }
        guard volume.source.hasBody else { throw Problem("\(field).source: the type's own fields are missing") }
        if volume.source.type == .csiVolume, !volume.source.csiVolume.hasStaticProvisioning {
            throw Problem("\(field).source.csi_volume.static_provisioning: missing; it names the volume")
        }
    }
}

extension Mesos_V1_Volume.Source {
    /// Whether the fields that belong to the type are there.
    fileprivate var hasBody: Bool {
        switch type {
        case .unknown: false
        case .dockerVolume: hasDockerVolume
        case .hostPath: hasHostPath
        case .sandboxPath: hasSandboxPath
        case .secret: hasSecret
        case .csiVolume: hasCsiVolume
        }
    }
}
