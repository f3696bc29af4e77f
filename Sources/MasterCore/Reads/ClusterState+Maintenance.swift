package import Cluster
import HashTreeCollections
import MesosAPI
public import MesosMessages
import SwiftProtobuf

extension ClusterState {
    /// For GET_MAINTENANCE_SCHEDULE.
    public var maintenanceSchedule: Mesos_V1_Maintenance_Schedule { maintenance.schedule }

    /// For GET_MAINTENANCE_STATUS: the machines that are going to leave with what frameworks answered, and those that have left.
    public var maintenanceStatus: Mesos_V1_Maintenance_ClusterStatus {
        var answers: [Machine: [Mesos_V1_Allocator_InverseOfferStatus]] = [:]
        for (key, answer) in inverseAnswers.sorted(by: { $0.key < $1.key }) {
            guard let agent = agents[key.agent], let machine = maintenance.machine(hostname: agent.info.hostname, ip: agent.ip) else {
                continue
            }
            answers[machine, default: []].append(answer)
        }
        return .with { status in
            status.drainingMachines = maintenance.draining.map { machine in
                .with { message in
                    message.id = machine.message
                    message.statuses = answers[machine, default: []]
                }
            }
            status.downMachines = maintenance.downMessages
        }
    }

    /// A framework's open requests to leave agents, by agent.
    package func inverseOffers(of framework: FrameworkID) -> [InverseOfferEntry] {
        inverseOffers.filter { $0.key.framework == framework }.sorted { $0.key < $1.key }.map(\.value)
    }
}
