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

    /// Tasks, executors, frameworks and agents of one moment.
    func state() async throws(ClientError) -> Mesos_V1_Master_Response.GetState {
        try await call(.getState, "read the state").getState
    }

    func roles() async throws(ClientError) -> [Mesos_V1_Role] {
        try await call(.getRoles, "list the roles").getRoles.roles
    }

    func metrics() async throws(ClientError) -> [Mesos_V1_Metric] {
        try await call(.getMetrics, "read the metrics") { $0.getMetrics = .init() }.getMetrics.metrics
    }

    func maintenanceSchedule() async throws(ClientError) -> Mesos_V1_Maintenance_Schedule {
        try await call(.getMaintenanceSchedule, "read the maintenance schedule").getMaintenanceSchedule.schedule
    }

    func maintenanceStatus() async throws(ClientError) -> Mesos_V1_Maintenance_ClusterStatus {
        try await call(.getMaintenanceStatus, "read the maintenance status").getMaintenanceStatus.status
    }

    func version() async throws(ClientError) -> String {
        try await call(.getVersion, "ask for the version").getVersion.versionInfo.version
    }

    private func call(
        _ type: Mesos_V1_Master_Call.TypeEnum,
        _ operation: String,
        _ fill: (inout Mesos_V1_Master_Call) -> Void = { _ in }
    ) async throws(ClientError) -> Mesos_V1_Master_Response {
        var call = Mesos_V1_Master_Call()
        call.type = type
        fill(&call)
        return try await connection.call(
            call,
            to: .master(master),
            operation: operation,
            answer: Mesos_V1_Master_Response.self
        )
    }
}
