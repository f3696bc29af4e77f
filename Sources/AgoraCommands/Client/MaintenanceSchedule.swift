import MesosMessages
import SwiftProtobuf

/// Changes to a schedule, which a master takes only as a whole.
extension Mesos_V1_Maintenance_Schedule {
    /// All machines of it, in its order.
    var machines: [Mesos_V1_MachineID] { windows.flatMap(\.machineIds) }

    /// Takes machines out, and windows of which no machine is left.
    mutating func remove(_ machines: [Mesos_V1_MachineID]) {
        let names = Set(machines.map(\.words))
        for index in windows.indices { windows[index].machineIds.removeAll { names.contains($0.words) } }
        windows.removeAll(where: \.machineIds.isEmpty)
    }

    /// Gives machines a window, in place of the one that they had.
    mutating func schedule(_ machines: [Mesos_V1_MachineID], _ unavailability: Mesos_V1_Unavailability) {
        remove(machines)
        windows.append(
            .with {
                $0.machineIds = machines
                $0.unavailability = unavailability
            }
        )
    }

    /// The machine of the schedule that people call so: by its name, its address, or both.
    func machine(_ name: String) -> Mesos_V1_MachineID? {
        let name = name.lowercased()
        return machines.first { [$0.hostname.lowercased(), $0.ip, $0.words].contains(name) }
    }
}

extension Mesos_V1_MachineID {
    /// "node7", "10.0.0.7", or "node7 at 10.0.0.7". Host names are the same in small and large letters.
    var words: String { [hostname.lowercased(), ip].filter { !$0.isEmpty }.joined(separator: " at ") }
}

/// Finds machines of maintenance.
enum MachineLookup {
    /// Those that a user means, once each: machines of the schedule, or ones that agents are on.
    static func find(
        _ names: [String],
        in schedule: Mesos_V1_Maintenance_Schedule,
        agents: [Mesos_V1_AgentInfo]
    ) throws(NodeLookupError) -> [Mesos_V1_MachineID] {
        var found: [Mesos_V1_MachineID] = []
        for name in names {
            guard let machine = find(name, schedule, agents) else {
                let known = schedule.machines.map(\.words) + agents.map(\.hostname)
                throw NodeLookupError(name: name, nearest: Nearest.names(to: name, among: known))
            }
            if !found.contains(where: { $0.words == machine.words }) { found.append(machine) }
        }
        return found
    }

    private static func find(
        _ name: String,
        _ schedule: Mesos_V1_Maintenance_Schedule,
        _ agents: [Mesos_V1_AgentInfo]
    ) -> Mesos_V1_MachineID? {
        if let machine = schedule.machine(name) { return machine }
        guard let agent = agents.first(where: { AgentLookup.isMeant($0, by: name) }) else { return nil }
        return schedule.machine(agent.hostname) ?? .with { $0.hostname = agent.hostname }
    }
}
