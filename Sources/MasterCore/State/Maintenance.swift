public import MesosMessages
import SwiftProtobuf

/// A machine by its name, its address or both (mesos.proto, `MachineID`).
public struct Machine: Hashable, Sendable {
    /// Its host name, in small letters.
    public let hostname: String?

    /// Its IP address.
    public let ip: String?

    init?(_ message: Mesos_V1_MachineID) {
        hostname = message.hasHostname && !message.hostname.isEmpty ? message.hostname.lowercased() : nil
        ip = message.hasIp && !message.ip.isEmpty ? message.ip : nil
        if hostname == nil, ip == nil { return nil }
    }

    init(hostname: String?, ip: String?) {
        self.hostname = hostname
        self.ip = ip
    }

    /// As the API shows it.
    public var message: Mesos_V1_MachineID {
        .with { message in
            if let hostname { message.hostname = hostname }
            if let ip { message.ip = ip }
        }
    }
}

/// When which machines leave the cluster, and which have: kept in the registry.
public struct Maintenance: Hashable, Sendable {
    /// The windows as they were set.
    public let schedule: Mesos_V1_Maintenance_Schedule

    /// The machines that are down; they stay in the schedule until they are up again.
    public let down: Set<Machine>

    private let windows: [Machine: Mesos_V1_Unavailability]

    /// No machine leaves.
    public static let none = Maintenance(schedule: Mesos_V1_Maintenance_Schedule(), down: [])

    /// A schedule that was found valid.
    public init(schedule: Mesos_V1_Maintenance_Schedule, down: Set<Machine>) {
        self.schedule = schedule
        self.down = down
        var windows: [Machine: Mesos_V1_Unavailability] = [:]
        for window in schedule.windows {
            for machine in window.machineIds.compactMap({ Machine($0) }) { windows[machine] = window.unavailability }
        }
        self.windows = windows
    }

    /// What a registry has of it.
    public init(schedule: Mesos_V1_Maintenance_Schedule, status: Mesos_V1_Maintenance_ClusterStatus) {
        self.init(schedule: schedule, down: Set(status.downMachines.compactMap { Machine($0) }))
    }

    /// The machines that are down, for a registry.
    public var status: Mesos_V1_Maintenance_ClusterStatus {
        .with { $0.downMachines = downMessages }
    }

    var downMessages: [Mesos_V1_MachineID] {
        schedule.windows.flatMap(\.machineIds).filter { Machine($0).map(down.contains) ?? false }
    }

    /// The machines that are scheduled and not down yet, in the order of the schedule.
    var draining: [Machine] {
        schedule.windows.flatMap(\.machineIds).compactMap { Machine($0) }.filter { !down.contains($0) }
    }

    func contains(_ machine: Machine) -> Bool { windows[machine] != nil }

    /// Which scheduled machine stands under that name and address.
    ///
    /// - Parameter ip: where an agent connects from, if that is known; a host name may be an address, too.
    func machine(hostname: String, ip: String?) -> Machine? {
        let name = hostname.lowercased()
        let addresses = [ip, IPv4Address(name) == nil ? nil : name].compactMap { $0 }
        let names =
            addresses.map { Machine(hostname: name, ip: $0) } + [Machine(hostname: name, ip: nil)]
            + addresses.map { Machine(hostname: nil, ip: $0) }
        return windows.isEmpty ? nil : names.first { windows[$0] != nil }
    }

    func unavailability(of machine: Machine?) -> Mesos_V1_Unavailability? { machine.flatMap { windows[$0] } }

    /// The same without machines that are up again; windows without machines go.
    func lifting(_ machines: Set<Machine>) -> Maintenance {
        var schedule = schedule
        for index in schedule.windows.indices {
            schedule.windows[index].machineIds.removeAll { Machine($0).map(machines.contains) ?? false }
        }
        schedule.windows.removeAll(where: \.machineIds.isEmpty)
        return Maintenance(schedule: schedule, down: down.subtracting(machines))
    }
}
