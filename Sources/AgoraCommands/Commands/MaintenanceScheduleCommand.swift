import ArgumentParser
import Foundation
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// `agora maintenance schedule`
struct MaintenanceScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Show which machines leave when, or change that.",
        discussion: """
            With --node those machines get a window, the others keep theirs. With --file the file takes the place of the whole \
            schedule; it is what --output json or yaml prints, and may name machines that are not there yet. Machines that are down \
            cannot be taken out: `agora maintenance stop` does that.

            EXAMPLE
              agora maintenance schedule
              agora maintenance schedule --node node7 --node node8 --start 2026-12-01T20:00:00Z --duration 2h
              agora maintenance schedule --output yaml > windows.yaml
              agora maintenance schedule --file windows.yaml
              agora maintenance schedule --clear --node node8
              agora maintenance schedule --clear
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TableFormat>
    @Option(
        help: ArgumentHelp("A machine that leaves, by name, address or agent's id; may be repeated.", valueName: "node"),
        completion: LiveNames.nodes
    )
    var node: [String] = []
    @Option(
        help: ArgumentHelp("With --node: when; now, so long from now as 2h, or 2026-12-01T20:00:00Z. Otherwise now.", valueName: "moment"),
        transform: StartArgument.parse
    )
    var start: Int64?
    @Option(help: ArgumentHelp("With --node: for how long; without it, until further notice.", valueName: "duration"))
    var duration: DurationArgument?
    @Option(name: .shortAndLong, help: "A schedule in JSON or YAML that takes the place of the present one; - for standard input.")
    var file: String?
    @Flag(help: "Take the machines after --node out of the schedule; without --node, all.")
    var clear = false

    func validate() throws {
        guard file == nil || node.isEmpty && !clear else {
            throw ValidationError("--file is a whole schedule; leave --node and --clear out.")
        }
        let hasWindow = start != nil || duration != nil
        guard !hasWindow || !node.isEmpty && !clear else {
            throw ValidationError("--start and --duration are of the window that --node gets; name machines, without --clear.")
        }
        guard duration.map({ $0.duration > .zero }) ?? true else { throw ValidationError("--duration must be above 0.") }
    }

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            let given = try file.map { try ScheduleFile.read($0) }
            try await Connection.with { connection in
                let reads = MasterClient(connection: connection, master: endpoint)
                if let changed = try await changed(given, reads) {
                    try await OperatorClient(connection: connection, master: endpoint).change("set the maintenance schedule") { call in
                        call.type = .updateMaintenanceSchedule
                        call.updateMaintenanceSchedule.schedule = changed
                    }
                }
                try await show(reads)
            }
        }
    }

    /// What the schedule is to be; nil if it is only shown.
    private func changed(
        _ given: Mesos_V1_Maintenance_Schedule?,
        _ reads: MasterClient
    ) async throws -> Mesos_V1_Maintenance_Schedule? {
        if let given { return given }
        guard !node.isEmpty else { return clear ? Mesos_V1_Maintenance_Schedule() : nil }
        var schedule = try await reads.maintenanceSchedule()
        let agents = try await reads.agents()
        let infos = clear ? [] : agents.agents.map(\.agentInfo) + agents.recoveredAgents
        let machines = try MachineLookup.find(node, in: schedule, agents: infos)
        guard !clear else {
            schedule.remove(machines)
            return schedule
        }
        let begin = try start ?? StartArgument.parse("now")
        schedule.schedule(
            machines,
            .with {
                $0.start.nanoseconds = begin
                if let duration { $0.duration.nanoseconds = duration.nanoseconds }
            }
        )
        return schedule
    }

    private func show(_ reads: MasterClient) async throws {
        let schedule = try await reads.maintenanceSchedule()
        let down = Set(try await reads.maintenanceStatus().downMachines.map(\.words))
        var table = TextTable("MACHINE", "STATE", "BEGINS", "LASTS", "AT")
        let now = Date.now.timeIntervalSince1970
        for window in schedule.windows {
            for machine in window.machineIds {
                let begin = window.unavailability.start.seconds
                table.add(
                    machine.words,
                    down.contains(machine.words) ? "down" : "scheduled",
                    begin > now ? "in \(Age.text(seconds: (begin - now).rounded()))" : "\(Age.text(seconds: now - begin)) ago",
                    window.unavailability.hasDuration
                        ? Age.text(seconds: Double(window.unavailability.duration.nanoseconds) / 1e9) : "until further notice",
                    Date(timeIntervalSince1970: begin).ISO8601Format()
                )
            }
        }
        try await output.print(DataValue(json: MesosJSON.encode(schedule)), table: table)
    }
}
