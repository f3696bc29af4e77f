import Cluster
import HTTPService
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// The older endpoints that change something: each is a call of the operator API in other clothes.
struct FormEndpoint: Sendable {
    let operators: OperatorEndpoint

    /// `POST /teardown` with `frameworkId=ID`.
    func teardown(_ request: HTTPRequest, _ responder: HTTPResponder) {
        carryOut(responder) { () throws(Refusal) in
            guard let id = try request.form()["frameworkId"], !id.isEmpty else {
                throw Refusal(400, "frameworkId: missing; POST the form frameworkId=ID, with an id that /frameworks lists")
            }
            return .with { call in
                call.type = .teardown
                call.teardown.frameworkID.value = id
            }
        }
    }

    /// `POST /maintenance/schedule` with a schedule in JSON.
    func schedule(_ request: HTTPRequest, _ responder: HTTPResponder) {
        carryOut(responder) { () throws(Refusal) in
            let schedule = try Self.decode(Mesos_V1_Maintenance_Schedule.self, request.bodyBytes, "a maintenance schedule")
            return .with { call in
                call.type = .updateMaintenanceSchedule
                call.updateMaintenanceSchedule.schedule = schedule
            }
        }
    }

    /// `POST /machine/down` with the machines in a JSON array.
    func down(_ request: HTTPRequest, _ responder: HTTPResponder) {
        carryOut(responder) { () throws(Refusal) in
            let machines = try Self.machines(request)
            return .with { ($0.type, $0.startMaintenance.machines) = (.startMaintenance, machines) }
        }
    }

    /// `POST /machine/up`, the same.
    func up(_ request: HTTPRequest, _ responder: HTTPResponder) {
        carryOut(responder) { () throws(Refusal) in
            let machines = try Self.machines(request)
            return .with { ($0.type, $0.stopMaintenance.machines) = (.stopMaintenance, machines) }
        }
    }

    private static func machines(_ request: HTTPRequest) throws(Refusal) -> [Mesos_V1_MachineID] {
        let object = Array(#"{"machines":"#.utf8) + request.bodyBytes + Array("}".utf8)
        return try decode(Mesos_V1_Master_Call.StartMaintenance.self, object, "an array of machines, as [{\"hostname\": \"a\"}]").machines
    }

    private static func decode<Content: Message>(_ type: Content.Type, _ json: [UInt8], _ what: String) throws(Refusal) -> Content {
        do {
            return try MessageEncoding.json.decode(type, from: json)
        } catch {
            throw Refusal(400, "the body is not \(what): \(error)")
        }
    }

    private func carryOut(_ responder: HTTPResponder, _ call: () throws(Refusal) -> Mesos_V1_Master_Call) {
        do throws(Refusal) {
            try operators.submit(try call(), responder)
        } catch {
            responder.refuse(error.status, error.message)
        }
    }
}
