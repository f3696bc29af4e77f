import Cluster
import MesosAPI
import MesosMessages

/// The rules on the resources of tasks and executors (Mesos: `master/validation.cpp`, resource).
enum ResourceValidation {
    /// Reads resources of a task or executor and marks them as allocated to the offers' role.
    static func resources(_ messages: [Mesos_V1_Resource], for role: RoleName, of field: String) throws(Problem) -> Resources {
        let resources: Resources
        do { resources = try Resources(messages) } catch { throw Problem("\(field): \(error)") }
        guard !resources.isEmpty else { throw Problem("\(field): none; name what it needs, at least some cpus or mem") }
        for other in resources.allocationRoles where other != role {
            throw Problem("\(field): allocated to role '\(other)', the offers are for '\(role)'")
        }
        guard resources.scalar("gpus").thousandths % 1000 == 0 else {
            throw Problem("\(field): \(resources.scalar("gpus")) gpus; only whole ones can be used")
        }
        try checkKinds([resources], of: field)
        try checkTerms(of: resources, field)
        return resources.allocated(to: role)
    }

    /// The rules on disks and on reservations of single resources.
    static func checkTerms(of resources: Resources, _ field: String) throws(Problem) {
        let special = resources.filter { $0.metadata.disk != nil || $0.metadata.isRevocable }
        guard !special.isEmpty else { return }
        for resource in special.items {
            if resource.metadata.isRevocable, resource.metadata.reservations.last?.kind == .dynamic {
                throw Problem("\(field): '\(resource.name)' is revocable, so it cannot be dynamically reserved; use one or the other")
            }
            if let disk = resource.metadata.disk { try check(disk, of: resource, "\(field): disk") }
        }
    }

    private static func check(_ disk: DiskInfo, of resource: Resource, _ field: String) throws(Problem) {
        guard let persistence = disk.persistence else {
            if disk.volume != nil { throw Problem("\(field).volume: a volume needs persistence; set its id") }
            if disk.source == nil { throw Problem("\(field): empty; set persistence or source, or leave it out") }
            return
        }
        let name = "\(field).persistence: the volume '\(persistence.id)'"
        if resource.metadata.isRevocable { throw Problem("\(name) is revocable; data cannot outlive what may be taken back") }
        if !resource.isReserved { throw Problem("\(name) is not reserved; reserve the disk first") }
        guard let volume = disk.volume else { throw Problem("\(field).volume: missing; it says where '\(persistence.id)' appears") }
        guard volume.hostPath == nil else {
            throw Problem("\(field).volume.host_path: the agent chooses where '\(persistence.id)' is; leave it out")
        }
    }

    /// The rules on what runs in one executor.
    static func checkTogether(_ all: [Resources]) throws(Problem) {
        try checkKinds(all, of: "resources")
        var volumes: Set<PersistenceID> = []
        for volume in all.flatMap(\.items) where volume.isPersistentVolume {
            guard let id = volume.metadata.disk?.persistence?.id else { continue }
            guard volumes.insert(id).inserted || volume.metadata.isShared else {
                throw Problem("resources: the persistent volume '\(id)' is used twice; only shared ones may be")
            }
        }
    }

    /// Of one kind of resource, either all is revocable or nothing.
    private static func checkKinds(_ all: [Resources], of field: String) throws(Problem) {
        guard all.contains(where: { !$0.revocable.isEmpty }) else { return }
        let revocable = Set(all.flatMap { $0.revocable.names })
        let firm = Set(all.flatMap { $0.nonRevocable.names })
        guard let both = revocable.intersection(firm).min() else { return }
        throw Problem("\(field): revocable and non-revocable \(both) at once; use one kind")
    }
}
