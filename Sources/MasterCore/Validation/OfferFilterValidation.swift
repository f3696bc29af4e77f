import Allocation
import Cluster
import MesosAPI
import MesosMessages

/// The rules on `FrameworkInfo.offer_filters` (Mesos: `common/validation.cpp`).
enum OfferFilterValidation {
    /// The least that is worth an offer, by role; those of roles that the framework does not have are left out.
    static func check(_ filters: [String: Mesos_V1_OfferFilters], roles: [RoleName]) throws(Problem) -> [RoleName: MinimumAllocatable] {
        var minimums: [RoleName: MinimumAllocatable] = [:]
        for (name, filter) in filters.sorted(by: { $0.key < $1.key }) where filter.hasMinAllocatableResources {
            let field = "framework_info.offer_filters['\(name.shortened)'].min_allocatable_resources.quantities"
            var sums: [Resources] = []
            for (index, sum) in filter.minAllocatableResources.quantities.enumerated() {
                sums.append(try read(sum, of: "\(field)[\(index)]"))
            }
            if let role = roles.first(where: { $0.value == name }) { minimums[role] = MinimumAllocatable(sums) }
        }
        return minimums
    }

    private static func read(_ sum: Mesos_V1_OfferFilters.ResourceQuantities, of field: String) throws(Problem) -> Resources {
        guard !sum.quantities.isEmpty else { throw Problem("\(field).quantities: none; name at least one, such as cpus") }
        var resources: [Resource] = []
        for (name, amount) in sum.quantities.sorted(by: { $0.key < $1.key }) {
            guard amount.value.isFinite, amount.value >= 0, !amount.value.isSubnormal, let scalar = try? Scalar(amount.value) else {
                throw Problem("\(field).quantities['\(name.prefix(64))']: \(amount.value) is no amount; give a number, 0 or more")
            }
            resources.append(Resource(name, .scalar(scalar)))
        }
        return Resources(resources)
    }
}
