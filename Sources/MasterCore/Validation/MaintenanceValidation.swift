import MesosAPI
import MesosMessages

/// The rules on maintenance schedules and machines.
enum MaintenanceValidation {
    static let maximumMachines = 100_000

    /// Machines that a schedule names; throws if it is not valid.
    static func check(_ schedule: Mesos_V1_Maintenance_Schedule, field: String) throws(Refusal) -> Set<Machine> {
        var machines: Set<Machine> = []
        for (number, window) in schedule.windows.enumerated() {
            let path = "\(field).windows[\(number)]"
            guard !window.machineIds.isEmpty else { throw .invalid("\(path).machine_ids: empty; a window names the machines that leave") }
            guard !window.unavailability.hasDuration || window.unavailability.duration.nanoseconds >= 0 else {
                throw .invalid("\(path).unavailability.duration: is negative; leave it out if the end is not known")
            }
            for (index, id) in window.machineIds.enumerated() {
                let machine = try machine(id, "\(path).machine_ids[\(index)]")
                guard machines.insert(machine).inserted else {
                    throw .invalid("\(path).machine_ids[\(index)]: machine \(machine.words) is there twice; a machine has one window")
                }
            }
            guard machines.count <= maximumMachines else { throw .invalid("\(field): more than \(maximumMachines) machines") }
        }
        return machines
    }

    /// The machines of a list; throws if one is not valid or the list is empty.
    static func check(_ ids: [Mesos_V1_MachineID], field: String) throws(Refusal) -> [Machine] {
        guard !ids.isEmpty else { throw .invalid("\(field): empty; name the machines") }
        guard ids.count <= maximumMachines else { throw .invalid("\(field): more than \(maximumMachines) machines") }
        var machines: [Machine] = []
        for (index, id) in ids.enumerated() { machines.append(try machine(id, "\(field)[\(index)]")) }
        return machines
    }

    private static func machine(_ id: Mesos_V1_MachineID, _ field: String) throws(Refusal) -> Machine {
        guard let machine = Machine(id) else { throw .invalid("\(field): names neither hostname nor ip") }
        guard machine.hostname.map({ $0.utf8.count <= 255 && !$0.contains(where: \.isWhitespace) }) ?? true else {
            throw .invalid("\(field).hostname: no name of a machine")
        }
        guard machine.ip.map(isAddress) ?? true else { throw .invalid("\(field).ip: '\(id.ip.shortened)' is no IP address") }
        return machine
    }

    private static func isAddress(_ text: String) -> Bool {
        if IPv4Address(text) != nil { return true }
        return text.utf8.count <= 45 && text.contains(":") && text.allSatisfy { $0.isHexDigit && $0.isASCII || ":.".contains($0) }
    }
}

extension Machine {
    /// For messages.
    var words: String { [hostname, ip].compactMap(\.self).joined(separator: " at ").shortened }
}
