import Cluster
import MasterCore
import MesosAPI
import MesosMessages

/// The answers of the operator API that are built, but for ``LargeAnswer``s.
struct OperatorAnswer {
    typealias Call = Mesos_V1_Master_Call.TypeEnum
    typealias Response = Mesos_V1_Master_Response

    let reading: StateReading
    let build: BuildInfo

    private var state: ClusterState { reading.state }

    /// The calls that are answered.
    static let built: Set<Call> = [
        .getHealth, .getVersion, .getFlags, .getMetrics, .getRoles, .getMaster, .getOperations, .getMaintenanceSchedule,
        .getMaintenanceStatus,
    ]

    /// The answer to one of these calls.
    func response(to call: Call) -> Response {
        var response = Response()
        switch call {
        case .getVersion:
            response.type = .getVersion
            response.getVersion.versionInfo = build.message
        case .getFlags:
            response.type = .getFlags
            response.getFlags.flags = reading.flags.map { Mesos_V1_Flag(name: $0.name, value: $0.value) }
        case .getMetrics:
            response.type = .getMetrics
            response.getMetrics.metrics = MasterMetrics(reading).all.map { Mesos_V1_Metric(name: $0.name, value: $0.value) }
        case .getRoles:
            response.type = .getRoles
            response.getRoles.roles = state.roleMessages(ClusterUsage(state))
        case .getOperations:
            // None are kept: operations on resources end as they are refused.
            response.type = .getOperations
            response.getOperations = Response.GetOperations()
        case .getMaintenanceSchedule:
            response.type = .getMaintenanceSchedule
            response.getMaintenanceSchedule.schedule = state.maintenanceSchedule
        case .getMaintenanceStatus:
            response.type = .getMaintenanceStatus
            response.getMaintenanceStatus.status = state.maintenanceStatus
        case .getMaster:
            response.type = .getMaster
            response.getMaster.masterInfo = state.masterInfo
            response.getMaster.startTime = state.started.seconds
            response.getMaster.electedTime = state.started.seconds
        default:
            response.type = .getHealth
            response.getHealth.healthy = true
        }
        return response
    }
}

extension Mesos_V1_Flag {
    fileprivate init(name: String, value: String) {
        self.init()
        self.name = name
        self.value = value
    }
}

extension Mesos_V1_Metric {
    fileprivate init(name: String, value: Double) {
        self.init()
        self.name = name
        self.value = value
    }
}
