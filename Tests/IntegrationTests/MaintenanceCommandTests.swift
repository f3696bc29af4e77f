import Foundation
import TestSupport
import Testing

/// `agora maintenance` against the schedule and the status that the master tells.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct MaintenanceCommandTests {
    private func schedule(_ local: AgoraLocal) async throws -> [[String: Any]] {
        let answer = try await local.answer(#"{"type": "GET_MAINTENANCE_SCHEDULE"}"#)["get_maintenance_schedule"] as? [String: Any]
        return (answer?["schedule"] as? [String: Any])?["windows"] as? [[String: Any]] ?? []
    }

    @Test func aMachineIsScheduledTakenDownAndLetInAgain() async throws {
        try await AgoraLocal.runApart { local in
            let start = "2030-01-01T00:00:00Z"
            let set = try await local.command("maintenance", "schedule", "--node", "127.0.0.1", "--start", start, "--duration", "90m")
            #expect(set.status == 0 && set.cells.last?.prefix(2) == ["127.0.0.1", "scheduled"] && set.output.contains(start), "\(set)")
            let window = try #require(try await schedule(local).first)
            let unavailability = try #require(window["unavailability"] as? [String: Any])
            #expect(areSame(unavailability["start"] ?? 0, ["nanoseconds": 1_893_456_000_000_000_000]))
            #expect(areSame(unavailability["duration"] ?? 0, ["nanoseconds": 5_400_000_000_000]))
            let node = try #require(try await local.json("inspect", "127.0.0.1") as? [[String: Any]])
            #expect(areSame(node.first?["maintenance"] ?? 0, unavailability))
            let status = try await local.command("maintenance", "status")
            #expect(status.cells.last == ["127.0.0.1", "draining", "0", "0"], "\(status.output)")

            let down = try await local.command("maintenance", "start", "127.0.0.1:\(local.agentPort)")
            #expect(down.status == 0 && down.output == "127.0.0.1\n", "\(down)")
            let told = try #require(try await local.json("maintenance", "status") as? [String: Any])
            let answer = try await local.answer(#"{"type": "GET_MAINTENANCE_STATUS"}"#)["get_maintenance_status"] as? [String: Any]
            #expect(areSame(told, answer?["status"] ?? 0) && (told["down_machines"] as? [Any])?.count == 1)
            #expect(areSame(try await local.yaml("maintenance", "status"), told))
            #expect(try await local.command("maintenance", "schedule").cells.last?[1] == "down")
            let kept = try await local.command("maintenance", "schedule", "--clear")
            #expect(kept.status == 1 && kept.errors.contains("127.0.0.1 is missing, which is DOWN"), "\(kept)")
            let up = try await local.command("maintenance", "stop", "127.0.0.1")
            #expect(up.status == 0 && up.output == "127.0.0.1\n", "\(up)")
            #expect(try await schedule(local).isEmpty)
        }
    }

    @Test func filesGoOutAndIn() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                _ = try await local.command("maintenance", "schedule", "--node", "127.0.0.1", "--start", "1h")
                for format in ["yaml", "json"] {
                    let file = folder.appending(path: format).path
                    let printed = try await local.command("maintenance", "schedule", "-o", format)
                    // By hand, as people do: in YAML one more machine, which is not there yet.
                    let later = "- machine_ids: [{hostname: later, ip: 10.1.2.3}]\n  unavailability: {start: {nanoseconds: 5}}\n"
                    let indented = "  " + later.replacing("\n  un", with: "\n    un")
                    let text = printed.output + (format == "json" ? "" : printed.output.contains("\n- ") ? later : indented)
                    try text.write(toFile: file, atomically: true, encoding: .utf8)
                    #expect(try await local.command("maintenance", "schedule", "--clear").status == 0)
                    #expect(try await schedule(local).isEmpty)
                    let set = try await local.command("maintenance", "schedule", "--file", file)
                    #expect(set.status == 0, "\(set)\n\(text)")
                    #expect(try await schedule(local).count == 2)
                }
                let one = try await local.command("maintenance", "schedule", "--clear", "--node", "10.1.2.3")
                #expect(one.status == 0 && !one.output.contains("later") && one.output.contains("127.0.0.1"), "\(one)")
            }
        }
    }

    @Test func badInputIsExplained() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let twice = folder.appending(path: "twice").path
                let machine = #"{"machine_ids": [{"hostname": "a"}], "unavailability": {"start": {"nanoseconds": 1}}}"#
                try #"{"windows": [\#(machine), \#(machine)]}"#.write(toFile: twice, atomically: true, encoding: .utf8)
                let refusals: [([String], Int32, String)] = [
                    (["schedule", "--node", "127.0.0.3"], 1, "did you mean 127.0.0.1?"),
                    (["schedule", "--node", "127.0.0.1", "--duration", "soon"], 64, "--duration"),
                    (["schedule", "--node", "127.0.0.1", "--start", "soon"], 64, "'soon' is no moment"),
                    (["schedule", "--file", "/no/such"], 65, "/no/such: there is no such file"),
                    (["schedule", "--file", "/dev/zero"], 65, "larger than"),
                    (["schedule", "--file", twice], 1, "a machine has one window"),
                    (["start", "127.0.0.1"], 1, "agora maintenance schedule --node 127.0.0.1"), (["start"], 64, "nodes"),
                    (["stop", "127.0.0.1"], 1, "has no maintenance window"), (["start", "nowhere"], 1, "there is no machine \"nowhere\""),
                ]
                for (arguments, status, words) in refusals {
                    let ended = try await local.command(["maintenance"] + arguments)
                    #expect(ended.status == status && ended.errors.contains(words) && ended.output.isEmpty, "\(arguments): \(ended)")
                }
                _ = try await local.command("maintenance", "schedule", "--node", "127.0.0.1")
                let early = try await local.command("maintenance", "stop", "127.0.0.1")
                #expect(early.status == 1 && early.errors.contains("is not DOWN"), "\(early)")
            }
        }
    }
}
