import Cluster
import MesosMessages

/// The rules on CREATE_DISK and DESTROY_DISK.
enum DiskRules {
    static func check(_ create: Mesos_V1_Offer.Operation.CreateDisk, on ground: OperationGround) throws(Problem) {
        let source = try provided(create.source, "create_disk.source", on: ground)
        guard source.kind == .raw else { throw Problem("create_disk.source.disk.source.type: must be RAW, which has no form yet") }
        guard create.targetType == .mount || create.targetType == .block else {
            throw Problem("create_disk.target_type: must be MOUNT or BLOCK")
        }
        switch (source.profile != nil, create.hasTargetProfile) {
        case (true, true): throw Problem("create_disk.target_profile: the source has a profile already; leave it out")
        case (false, false): throw Problem("create_disk.target_profile: missing; the source has no profile")
        default: break
        }
    }

    static func check(_ destroy: Mesos_V1_Offer.Operation.DestroyDisk, on ground: OperationGround) throws(Problem) {
        let source = try provided(destroy.source, "destroy_disk.source", on: ground)
        guard source.kind != .path else { throw Problem("destroy_disk.source.disk.source.type: must be MOUNT, BLOCK or RAW") }
        guard source.id != nil else { throw Problem("destroy_disk.source.disk.source.id: missing; only a disk that has one was created") }
        if destroy.source.disk.hasPersistence {
            throw Problem("destroy_disk.source.disk.persistence: holds a persistent volume; destroy that first")
        }
    }

    /// The disk source of a resource that a resource provider manages.
    private static func provided(_ message: Mesos_V1_Resource, _ field: String, on ground: OperationGround) throws(Problem) -> DiskSource {
        let resource = try OperationValidation.read(message, of: field, on: ground)
        guard resource.metadata.providerID != nil else {
            throw Problem("\(field).provider_id: missing; only disks of a resource provider can be created and destroyed")
        }
        guard let source = resource.metadata.disk?.source else { throw Problem("\(field).disk.source: missing; it says which disk") }
        return source
    }
}
