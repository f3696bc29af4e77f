import MesosMessages
import SwiftProtobuf

/// The operator API of a master, as far as commands read it.
struct MasterClient: Sendable {
    let connection: Connection
    let master: Endpoint

    func tasks() async throws(ClientError) -> Mesos_V1_Master_Response.GetTasks {
        try await call(.getTasks, "list the tasks").getTasks
    }

    func frameworks() async throws(ClientError) -> Mesos_V1_Master_Response.GetFrameworks {
        try await call(.getFrameworks, "list the frameworks").getFrameworks
    }

    func agents() async throws(ClientError) -> Mesos_V1_Master_Response.GetAgents {
        try await call(.getAgents, "list the machines").getAgents
    }

    func version() async throws(ClientError) -> String {
        try await call(.getVersion, "ask for the version").getVersion.versionInfo.version
    }

    private func call(_ type: Mesos_V1_Master_Call.TypeEnum, _ operation: String) async throws(ClientError) -> Mesos_V1_Master_Response {
        try await connection.call(
            Mesos_V1_Master_Call.with { $0.type = type },
            to: .master(master),
            operation: operation,
            answer: Mesos_V1_Master_Response.self
        )
    }
}
