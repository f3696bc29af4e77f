import Cluster
import HTTPService
import HashTreeCollections
import MasterCore
import MesosAPI

/// The older pages that list one kind of thing each.
enum ListPages {
    /// `/slaves` with one of them, by `slave_id`.
    static func agents(_ reading: StateReading, _ query: HTTPQuery) -> [UInt8] {
        var writer = JSONWriter()
        writeAgents(reading, only: query["slave_id"].map { AgentID($0) }, to: &writer)
        return writer.bytes
    }

    /// `/slaves`.
    ///
    /// - Parameter only: the one agent to show, or all of them.
    static func writeAgents(_ reading: StateReading, only: AgentID?, to writer: inout JSONWriter) {
        let usage = ClusterUsage(reading.state)
        let agents = reading.state.agents.values.filter { only == nil || $0.id == only }.sorted { $0.id < $1.id }
        writer.object { writer in
            writer.array("slaves", agents) { writer, agent in
                writer.object { writer in
                    writer.agent(agent, reading.state, usage)
                    writer.fullResources(of: agent, usage)
                }
            }
            writer.recoveredAgents(reading.state, only: only)
        }
    }

    /// `/frameworks` with one of them, by `framework_id`.
    static func frameworks(_ reading: StateReading, _ query: HTTPQuery) -> [UInt8] {
        var writer = JSONWriter()
        writeFrameworks(reading, only: query["framework_id"].map { FrameworkID($0) }, to: &writer)
        return writer.bytes
    }

    /// `/frameworks`.
    ///
    /// - Parameter only: the one framework to show, or all of them.
    static func writeFrameworks(_ reading: StateReading, only: FrameworkID?, to writer: inout JSONWriter) {
        writer.object { $0.frameworks(reading.state, ClusterUsage(reading.state), only: only) }
    }

    /// `/flags`.
    static func flags(_ reading: StateReading, _ query: HTTPQuery) -> [UInt8] {
        object { $0.flags(reading.flags) }
    }

    /// `/roles`: those that frameworks have and those that something is reserved for.
    static func roles(_ reading: StateReading, _ query: HTTPQuery) -> [UInt8] {
        let roles = RoleSums(reading.state)
        return object { writer in
            writer.array("roles", roles.all) { $0.role($1) }
        }
    }

    private static func object(_ fields: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(fields)
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func role(_ role: RoleSums.Role) {
        object { writer in
            writer.field("name", role.name.value)
            writer.field("weight", 1.0)
            writer.strings("frameworks", role.frameworks.map(\.value))
            writer.quantities("resources", role.allocated)
            writer.quantities("allocated", role.allocated)
            writer.quantities("offered", role.offered)
            writer.quantities("reserved", role.reserved)
            writer.object("quota") { writer in
                writer.field("role", role.name.value)
                writer.quantities("guarantee", .empty)
                writer.quantities("limit", .empty)
                writer.quantities("consumed", role.allocated.unreserved + role.reserved)
            }
        }
    }

    /// Amounts by name, those that are not there left out.
    private mutating func quantities(_ name: String, _ resources: Resources) {
        object(name) { writer in
            for name in resources.names.sorted() {
                let amount = resources.scalar(name).value
                if amount > 0 { writer.field(name, amount) }
            }
        }
    }
}
