import Cluster
import FoundationEssentials
import GRDB
import MasterCore
import MesosMessages
import SwiftProtobuf

/// Why a registry cannot be used by this version, or at all.
struct UnusableRegistry: Error, CustomStringConvertible {
    let description: String
}

extension RegistryTables {
    /// Everything that is in the tables.
    static func load(from database: Database) throws -> Registry {
        try checkCapabilities(database)
        var registry = Registry()
        for row in try rows("admitted_agents", database) {
            let agent = AdmittedAgent(id: try row.id(), info: try row.message(), registered: try row.moment("registered"))
            registry.apply(.admitAgent(agent))
        }
        for row in try rows("unreachable_agents", database) {
            registry.apply(.markUnreachable(try row.id(), since: try row.moment("since")))
        }
        for row in try rows("gone_agents", database) { registry.apply(.markGone(try row.id(), since: try row.moment("since"))) }
        for row in try rows("agent_services", database) { registry.apply(.setService(try row.id(), try row.service())) }
        for row in try rows("maintenance", database) {
            registry.apply(.setMaintenance(Maintenance(schedule: try row.message("schedule"), status: try row.message("status"))))
        }
        for row in try rows("frameworks", database) {
            let framework = RegisteredFramework(id: try row.id(), info: try row.message(), registered: try row.moment("registered"))
            registry.apply(.putFramework(framework))
        }
        for row in try rows("removed_frameworks", database) {
            registry.apply(.removeFramework(try row.id(), at: try row.moment("removed")))
        }
        return registry
    }

    private static func checkCapabilities(_ database: Database) throws {
        let needed = try String.fetchSet(database, sql: "SELECT name FROM minimum_capabilities")
        let missing = needed.subtracting(capabilities).sorted()
        guard missing.isEmpty else {
            throw UnusableRegistry(
                description:
                    "what is stored needs capabilities that this version lacks: \(missing.joined(separator: ", ")); run a later version"
            )
        }
    }

    private static func rows(_ table: String, _ database: Database) throws -> [Row] {
        try Row.fetchAll(database, sql: "SELECT * FROM \(table)")
    }
}

extension Row {
    fileprivate func id<Name: Identifier>() throws -> Name {
        guard let text = self["id"] as String? else { throw UnusableRegistry(description: "a row has no id") }
        return try Name(validating: text)
    }

    fileprivate func service() throws -> AgentService {
        guard self["drain"] as Data? != nil else { return AgentService() }
        let info: Mesos_V1_DrainInfo = try message("drain")
        return AgentService(drain: AgentService.Drain(state: info.state, config: info.config, started: try moment("started")))
    }

    fileprivate func message<Content: SwiftProtobuf.Message>(_ column: String = "info") throws -> Content {
        guard let data = self[column] as Data? else { throw UnusableRegistry(description: "a row has no \(column)") }
        return try Content(serializedBytes: data, partial: true)
    }

    fileprivate func moment(_ column: String) throws -> Timestamp {
        guard let nanoseconds = self[column] as Int64? else { throw UnusableRegistry(description: "a row has no \(column)") }
        return Timestamp(nanoseconds: nanoseconds)
    }
}
