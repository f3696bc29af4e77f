import Cluster
import MesosMessages

/// The rules on CREATE, DESTROY, GROW_VOLUME and SHRINK_VOLUME.
struct VolumeRules {
    let ground: OperationGround

    init(_ ground: OperationGround) {
        self.ground = ground
    }

    func check(_ create: Mesos_V1_Offer.Operation.Create) throws(Problem) {
        var names: Set<PersistenceID> = []
        for volume in try OperationValidation.read(create.volumes, of: "create.volumes", on: ground) {
            let persistence = try persistence(of: volume, "create.volumes")
            let field = "create.volumes: '\(persistence.id)'"
            guard names.insert(persistence.id).inserted else {
                throw Problem("\(field) is there twice; give each volume a name of its own")
            }
            if volume.metadata.isShared, !FrameworkCapabilities(ground.framework.capabilities).contains(.sharedResources) {
                throw Problem("\(field) is shared; the framework needs the capability SHARED_RESOURCES")
            }
            try OperationValidation.checkReservation(of: volume, field, on: ground)
            if ground.framework.hasPrincipal, persistence.principal != ground.framework.principal {
                throw Problem("\(field): disk.persistence.principal: must be the framework's, '\(ground.framework.principal)'")
            }
        }
    }

    func check(_ destroy: Mesos_V1_Offer.Operation.Destroy) throws(Problem) {
        for volume in try OperationValidation.read(destroy.volumes, of: "destroy.volumes", on: ground) {
            _ = try persistence(of: volume, "destroy.volumes")
        }
    }

    func check(_ grow: Mesos_V1_Offer.Operation.GrowVolume) throws(Problem) {
        let volume = try resizable(grow.volume, "grow_volume.volume")
        guard grow.addition.scalar.value > 0 else { throw Problem("grow_volume.addition: nothing; name how much to add, more than 0") }
        let addition = try OperationValidation.read(grow.addition, of: "grow_volume.addition", on: ground)
        guard Resources([volume.withoutPersistence, addition.allocated(as: volume)]).items.count == 1 else {
            throw Problem("grow_volume.addition: is not of the same disk and reservation as the volume")
        }
    }

    func check(_ shrink: Mesos_V1_Offer.Operation.ShrinkVolume) throws(Problem) {
        let volume = try resizable(shrink.volume, "shrink_volume.volume")
        guard shrink.subtract.value > 0 else { throw Problem("shrink_volume.subtract: \(shrink.subtract.value); must be more than 0") }
        guard shrink.subtract.value < shrink.volume.scalar.value else {
            throw Problem("shrink_volume.subtract: \(shrink.subtract.value) is not less than the volume, \(shrink.volume.scalar.value)")
        }
        guard volume.metadata.disk?.source?.kind != .mount else {
            throw Problem("shrink_volume.volume: a volume on a MOUNT disk is as large as the disk; it cannot shrink")
        }
    }

    private func persistence(of volume: Resource, _ field: String) throws(Problem) -> DiskInfo.Persistence {
        guard let disk = volume.metadata.disk, let persistence = disk.persistence else {
            throw Problem("\(field): '\(volume.name)' is no persistent volume; set disk.persistence")
        }
        if disk.volume?.isReadOnly ?? false {
            throw Problem("\(field): '\(persistence.id)': disk.volume.mode: a volume that can only be read is of no use; set RW")
        }
        return persistence
    }

    private func resizable(_ message: Mesos_V1_Resource, _ field: String) throws(Problem) -> Resource {
        let volume = try OperationValidation.read(message, of: field, on: ground)
        if volume.metadata.providerID != nil { throw Problem("\(field).provider_id: volumes of resource providers keep their size") }
        _ = try persistence(of: volume, field)
        if volume.metadata.isShared { throw Problem("\(field).shared: shared volumes keep their size") }
        guard ground.agent.contains(.resizeVolume) else { throw Problem("\(field): the agent cannot change the size of volumes") }
        return volume
    }
}

extension Resource {
    /// The disk that a volume was made of.
    fileprivate var withoutPersistence: Resource {
        Resource(
            name,
            value,
            metadata: ResourceMetadata(
                reservations: metadata.reservations,
                disk: metadata.disk?.source.map { DiskInfo(source: $0) },
                isRevocable: metadata.isRevocable,
                allocationRole: metadata.allocationRole,
                providerID: metadata.providerID
            )
        )
    }

    /// The resource with the allocation of another, so that both can be compared.
    fileprivate func allocated(as other: Resource) -> Resource {
        Resource(name, value, metadata: metadata.allocated(to: other.metadata.allocationRole))
    }
}
