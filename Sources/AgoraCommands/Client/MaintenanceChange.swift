import MesosMessages

/// What `agora maintenance start` and `stop` have in common.
enum MaintenanceChange {
    /// Sends a call about machines of the schedule, and prints their names.
    static func run(
        _ names: [String],
        at endpoint: Endpoint,
        operation: String,
        _ fill: (inout Mesos_V1_Master_Call, [Mesos_V1_MachineID]) -> Void
    ) async throws {
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let reads = MasterClient(connection: connection, master: endpoint)
                let schedule = try await reads.maintenanceSchedule()
                let machines = try MachineLookup.find(names, in: schedule, agents: try await reads.agents().agents.map(\.agentInfo))
                for machine in machines where schedule.machine(machine.words) == nil { throw NotScheduled(machine: machine.words) }
                try await OperatorClient(connection: connection, master: endpoint)
                    .change("\(operation) \(machines.map(\.words).joined(separator: ", "))") { fill(&$0, machines) }
                for machine in machines { await Terminal.print(machine.words) }
            }
        }
    }

    /// A machine without a window.
    struct NotScheduled: Error, CustomStringConvertible {
        let machine: String

        var description: String {
            "\(machine) has no maintenance window; `agora maintenance schedule --node \(machine) --duration 1h` gives it one"
        }
    }
}
