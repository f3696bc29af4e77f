import Allocation
import Cluster

/// The moment so many seconds after the beginning of a test.
func second(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }

func resources(_ text: String) throws -> Resources { try Resources.parse(text) }

extension Allocator {
    /// Adds agents `a0`, `a1`, … of the same size.
    mutating func addAgents(_ count: Int, _ text: String) throws {
        for index in 0..<count { addAgent(AgentID("a\(index)"), total: try resources(text)) }
    }

    /// Gives back all that was granted.
    mutating func recover(_ grant: Grant, filter: RefuseFilter? = nil, at now: Timestamp) {
        recover(grant.framework, grant.agent, grant.resources, filter: filter, at: now)
    }
}

let one = FrameworkID("one")
let two = FrameworkID("two")
let eng = RoleName("eng")
let ops = RoleName("ops")
