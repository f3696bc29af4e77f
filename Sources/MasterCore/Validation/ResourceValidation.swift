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
        return resources.allocated(to: role)
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
