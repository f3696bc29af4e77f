import Cluster
import FoundationEssentials
import GRDB
import MasterCore
import Storage
import SwiftProtobuf

/// What a master keeps in its database, as tables.
///
/// What comes later (quotas, weights) adds a migration of its own here; names that were released never change.
enum RegistryTables {
    static let migrations = [
        StorageMigration(
            name: "1 agents, frameworks, minimum capabilities",
            statements: """
                CREATE TABLE admitted_agents (id TEXT PRIMARY KEY NOT NULL, info BLOB NOT NULL, registered INTEGER NOT NULL);
                CREATE TABLE unreachable_agents (id TEXT PRIMARY KEY NOT NULL, since INTEGER NOT NULL);
                CREATE TABLE gone_agents (id TEXT PRIMARY KEY NOT NULL, since INTEGER NOT NULL);
                CREATE TABLE frameworks (id TEXT PRIMARY KEY NOT NULL, info BLOB NOT NULL, registered INTEGER NOT NULL);
                CREATE TABLE removed_frameworks (id TEXT PRIMARY KEY NOT NULL, removed INTEGER NOT NULL);
                CREATE TABLE minimum_capabilities (name TEXT PRIMARY KEY NOT NULL);
                """
        ),
        StorageMigration(
            name: "2 drained and deactivated agents, maintenance",
            statements: """
                CREATE TABLE agent_services (id TEXT PRIMARY KEY NOT NULL, drain BLOB, started INTEGER);
                CREATE TABLE maintenance (place INTEGER PRIMARY KEY NOT NULL, schedule BLOB NOT NULL, status BLOB NOT NULL);
                """
        ),
    ]

    /// What a master must be able to do to understand what this version stores beyond its tables. A later version that
    /// stores something in these tables which an earlier one would misread puts a name into `minimum_capabilities`.
    static let capabilities: Set<String> = []

    static func apply(_ change: RegistryChange, to database: Database) throws {
        switch change {
        case .admitAgent(let agent):
            try delete(agent.id, from: "unreachable_agents", database: database)
            try put(
                "admitted_agents (id, info, registered)",
                [agent.id.value, try agent.info.stored, agent.registered.nanoseconds],
                database
            )
        case .markUnreachable(let id, let since):
            try delete(id, from: "admitted_agents", database: database)
            try put("unreachable_agents (id, since)", [id.value, since.nanoseconds], database)
        case .markGone(let id, let since):
            try delete(id, from: "admitted_agents", "unreachable_agents", "agent_services", database: database)
            try put("gone_agents (id, since)", [id.value, since.nanoseconds], database)
        case .forgetAgent(let id):
            try delete(id, from: "admitted_agents", "unreachable_agents", "gone_agents", "agent_services", database: database)
        case .setService(let id, nil): try delete(id, from: "agent_services", database: database)
        case .setService(let id, let service?):
            let values: StatementArguments = [id.value, try service.drain?.message.stored, service.drain?.started.nanoseconds]
            try put("agent_services (id, drain, started)", values, database)
        case .setMaintenance(let maintenance):
            let values: StatementArguments = [1, try maintenance.schedule.stored, try maintenance.status.stored]
            try put("maintenance (place, schedule, status)", values, database)
        case .putFramework(let framework):
            let values: StatementArguments = [framework.id.value, try framework.info.stored, framework.registered.nanoseconds]
            try put("frameworks (id, info, registered)", values, database)
        case .removeFramework(let id, let moment):
            try delete(id, from: "frameworks", database: database)
            try put("removed_frameworks (id, removed)", [id.value, moment.nanoseconds], database)
        case .forgetFramework(let id):
            try delete(id, from: "removed_frameworks", database: database)
        }
    }

    private static func put(_ target: String, _ values: StatementArguments, _ database: Database) throws {
        let marks = repeatElement("?", count: target.count { $0 == "," } + 1).joined(separator: ", ")
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO \(target) VALUES (\(marks))").execute(arguments: values)
    }

    private static func delete(_ id: some Identifier, from tables: String..., database: Database) throws {
        for table in tables {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE id = ?").execute(arguments: [id.value])
        }
    }
}

extension SwiftProtobuf.Message {
    /// As it is written into a column.
    fileprivate var stored: Data {
        get throws { try serializedBytes(partial: true) }
    }
}
