import ArgumentParser
import Foundation
import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

@Suite struct MaintenanceScheduleTests {
    private static func machine(_ hostname: String, _ ip: String = "") -> Mesos_V1_MachineID {
        .with {
            if !hostname.isEmpty { $0.hostname = hostname }
            if !ip.isEmpty { $0.ip = ip }
        }
    }

    private static func window(_ start: Int64) -> Mesos_V1_Unavailability { .with { $0.start.nanoseconds = start } }

    private static let schedule = Mesos_V1_Maintenance_Schedule.with { schedule in
        schedule.schedule([machine("node1"), machine("Node2", "10.0.0.2")], window(1))
        schedule.schedule([machine("", "10.0.0.3")], window(2))
    }

    private func words(_ schedule: Mesos_V1_Maintenance_Schedule) -> [String] {
        schedule.windows.map { "\($0.unavailability.start.nanoseconds): \($0.machineIds.map(\.words).joined(separator: ", "))" }
    }

    @Test func aMachineHasOneWindow() {
        var schedule = Self.schedule
        schedule.schedule([Self.machine("NODE1")], Self.window(3))
        #expect(words(schedule) == ["1: node2 at 10.0.0.2", "2: 10.0.0.3", "3: node1"])
        schedule.schedule([Self.machine("", "10.0.0.3"), Self.machine("new")], Self.window(4))
        #expect(words(schedule) == ["1: node2 at 10.0.0.2", "3: node1", "4: 10.0.0.3, new"])
        schedule.remove(schedule.machines)
        #expect(schedule.windows.isEmpty)
    }

    @Test func machinesAreFoundInTheScheduleAndAmongAgents() throws {
        let agents = [Mesos_V1_AgentInfo.with { ($0.hostname, $0.id.value, $0.port) = ("node9", "S9", 5051) }]
        let names = ["NODE1", "10.0.0.2", "node2", "10.0.0.3", "S9", "node9:5051"]
        let found = try MachineLookup.find(names, in: Self.schedule, agents: agents)
        #expect(found.map(\.words) == ["node1", "node2 at 10.0.0.2", "10.0.0.3", "node9"])
        #expect(refusal { try MachineLookup.find(["node8"], in: Self.schedule, agents: agents) }.contains("did you mean node1 or node9"))
    }

    private static let json = """
        {"windows": [{"machine_ids": [{"hostname": "node1"}, {"ip": "10.0.0.2"}],
        "unavailability": {"start": {"nanoseconds": 1800000000000000000}, "duration": {"nanoseconds": 5}}}]}
        """
    private static let yaml = """
        # what node1 needs
        windows:
          - machine_ids:
              - hostname: node1
              - ip: 10.0.0.2
            unavailability:
              start: {nanoseconds: 1800000000000000000}
              duration: {nanoseconds: 5}
        """

    @Test(arguments: [json, yaml]) func filesAreRead(_ text: String) throws {
        let schedule = try ScheduleFile.parse(text)
        #expect(words(schedule) == ["1800000000000000000: node1, 10.0.0.2"])
        #expect(schedule.windows.first?.unavailability.duration.nanoseconds == 5)
    }

    @Test(arguments: [
        ("", "the file is empty"), ("[1]", "is no maintenance schedule"), ("windows: 5", "windows"), ("{", "is no maintenance schedule"),
        (#"{"windows": [{}]}"#, "unavailability"), ("windows: [{unavailability: {start: {nanoseconds: soon}}}]", "nanoseconds"),
        ("a: b: c", "not valid YAML"),
    ])
    func badFilesAreExplained(_ text: String, _ words: String) {
        let message = refusal { try ScheduleFile.parse(text) }
        #expect(message.contains(words), "\(message)")
    }

    @Test(arguments: [
        (["--file", "x", "--node", "y"], "--file is a whole schedule"), (["--file", "x", "--clear"], "--file is a whole schedule"),
        (["--start", "2h"], "name machines"), (["--duration", "2h"], "name machines"),
        (["--clear", "--node", "x", "--start", "1h"], "without --clear"),
        (["--node", "x", "--start", "tomorrow"], "'tomorrow' is no moment"),
        (["--node", "x", "--start", "2026-13-01T00:00:00Z"], "is no moment"),
        (["--node", "x", "--duration", "0"], "--duration must be above 0"), (["--node", "x", "--duration", "-1h"], "--duration"),
        (["--node", "x", "--duration", "400d"], "--duration"), (["--node", "x", "--duration", "1 fortnight"], "--duration"),
    ])
    func badUseIsExplained(_ arguments: [String], _ words: String) {
        let error = #expect(throws: (any Error).self) { try MaintenanceScheduleCommand.parse(arguments) }
        let message = error.map { MaintenanceScheduleCommand.message(for: $0) } ?? ""
        #expect(message.contains(words), "\(message)")
    }

    @Test func momentsAreRead() throws {
        let now = Int64(Date.now.timeIntervalSince1970 * 1e9)
        #expect(abs(try StartArgument.parse("now") - now) < 60_000_000_000)
        #expect(abs(try StartArgument.parse("2h") - now - 7_200_000_000_000) < 60_000_000_000)
        #expect(try StartArgument.parse("2027-01-15T08:00:00Z") == 1_800_000_000_000_000_000)
        #expect(try StartArgument.parse("9999-12-31T00:00:00Z") > 0)
    }
}
