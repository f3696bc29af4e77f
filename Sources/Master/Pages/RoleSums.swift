import Cluster
import HashTreeCollections
import MasterCore

/// What each role has, counted on the reader's thread.
struct RoleSums {
    struct Role {
        let name: RoleName
        var frameworks: [FrameworkID] = []
        var allocated = Resources.empty
        var offered = Resources.empty
        var reserved = Resources.empty
    }

    /// By name.
    let all: [Role]

    /// What all agents have.
    let total: Resources

    init(_ state: ClusterState) {
        var roles: [RoleName: Role] = [:]
        for framework in state.frameworks.values.sorted(by: { $0.id < $1.id }) {
            for name in framework.roles { roles[name, default: Role(name: name)].frameworks.append(framework.id) }
        }
        var total = Resources.empty
        for agent in state.agents.values {
            total += agent.total.nonRevocable
            for name in agent.reservationRoles {
                roles[name, default: Role(name: name)].reserved += agent.total.reserved.reserved(for: name)
            }
        }
        let usage = ClusterUsage(state)
        for held in usage.allocatedByFramework.values {
            for name in held.allocationRoles {
                roles[name, default: Role(name: name)].allocated += held.filter(allocatedTo: name).unallocated()
            }
        }
        for offered in usage.offeredByFramework.values {
            for name in offered.allocationRoles {
                roles[name, default: Role(name: name)].offered += offered.filter(allocatedTo: name).unallocated()
            }
        }
        all = roles.values.sorted { $0.name < $1.name }
        self.total = total
    }

    /// The largest part of anything that resources are, from 0 to 1.
    func dominantShare(of resources: Resources) -> Double {
        let parts = total.names.map { name -> Double in
            let all = total.scalar(name).value
            return all > 0 ? resources.scalar(name).value / all : 0
        }
        return parts.max() ?? 0
    }
}
