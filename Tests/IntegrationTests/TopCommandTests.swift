import Foundation
import TestSupport
import Testing

/// `agora top`, piped and on a terminal.
@Suite(.serialized) struct TopCommandTests {
    private static let pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: duo}
        spec:
          restartPolicy: Never
          containers:
          - {name: busy, command: [sh, -c, "while :; do :; done"], resources: {requests: {cpu: 0.5, memory: 64Mi}}}
          - {name: idle, command: [sleep, "1000"], resources: {requests: {cpu: 0.1, memory: 64Mi}}}
        """

    /// A cluster with a pod of two containers: one that uses a processor, one that does not.
    private func withPod(_ body: (AgoraLocal) async throws -> Void) async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let file = folder.appending(path: "duo.yaml")
                try Data(Self.pod.utf8).write(to: file)
                let started = try await local.command("run", "--detach", file.path)
                try #require(started.status == 0, "\(started.errors)")
                try await body(local)
            }
        }
    }

    @Test func oneTableIsPrintedWhereThereIsNoTerminal() async throws {
        try await withPod { local in
            let json = try await local.command("top", "--output", "json", "--interval", "1s")
            let found = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json)")
            let nodes = try #require(found["nodes"] as? [[String: Any]])
            let containers = try #require(found["containers"] as? [[String: Any]])
            func container(_ suffix: String) throws -> [String: Any] {
                try #require(containers.first { ($0["task"] as? String)?.hasSuffix(suffix) == true }, "\(json.output)")
            }
            #expect(nodes.count == 1 && nodes[0]["state"] as? String == "active" && nodes[0]["containers"] as? Int == 1)
            #expect((nodes[0]["cpus_allocated"] as? Double ?? 0) >= 0.6 && (nodes[0]["cpus_used"] as? Double ?? 0) > 0)
            let (busy, idle) = (try container(".busy"), try container(".idle"))
            let (much, little) = (busy["cpu_percent"] as? Double ?? 0, idle["cpu_percent"] as? Double ?? 100)
            // As much as the machine has left; the other needs some to start.
            #expect(much > little, "\(json.output)")
            #expect(busy["parent"] is String && (busy["memory_bytes"] as? Int ?? 0) > 0 && busy["framework"] as? String == "agora run duo")
            #expect(busy["memory_limit_bytes"] as? Int ?? 0 >= 64 << 20 && (busy["processes"] as? Int ?? 0) >= 1)

            let table = try await local.command("top", "--once", "--interval", "500ms")
            #expect(table.status == 0 && table.errors.isEmpty && !table.output.contains("\u{1b}"), "\(table)")
            #expect(table.lines.first?.hasPrefix("NODE ") == true && table.lines.contains { $0.hasPrefix("TASK ") })
            #expect(table.output.contains("  └ duo"), "\(table.output)")
            let few = try await local.command("top", "--node", "nowhere")
            #expect(few.status == 1 && few.errors.contains("there is no machine \"nowhere\""))
            #expect(try await local.command("top", "--interval", "0").status == 64)
            #expect(try await local.command("top", "--master", "127.0.0.1:9").status == 69)
        }
    }

    @Test func keysChangeThePicture() async throws {
        try await withPod { local in
            let steps: [[Any]] = [
                ["", [30, 140]], ["TASK", "t"], ["└ duo", "m"], ["by memory", "/idle\r"], ["filter: idle", "\t"],
                ["filter: idle", [10, 60]], ["by memory", "q"],
            ]
            let ended = try await Typing.run(
                [Program.agora, "top", "--interval", "300ms"],
                steps,
                environment: ["AGORA_MASTER": local.master]
            )
            #expect(ended.status == 0, "\(ended.output)")
            #expect(ended.output.hasSuffix("\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"), "\(ended.output.suffix(100))")
        }
    }

    @Test func theTerminalIsGivenBackHoweverItEnds() async throws {
        try await withPod { local in
            let steps: [[Any]] = [
                ["# ", "PS1=rea'dy> '\r"], ["ready> ", "\"$AGORA\" top --interval 500ms\r"], ["TASK", Int(SIGTSTP)], ["Stopped", "bg\r"],
                ["&", "sleep 1; stty -a\r"],
                [" icanon", "fg\r"],
                ["TASK", "\u{1a}"], ["Stopped", "fg\r"], ["TASK", Int(SIGTERM)], ["ready> ", "echo status $?; stty -a\r"],
                ["status 143", ""], [" echo ", "\"$AGORA\" top\r"], ["TASK", "\u{3}"], ["ready> ", "echo status $?; stty -a\r"],
                ["status 0", ""], [" icanon", ""], [" echo ", "exit 7\r"],
            ]
            let environment = ["AGORA_MASTER": local.master, "AGORA": Program.agora]
            let ended = try await Typing.run(["/bin/bash", "--norc", "--noprofile", "-i"], steps, environment: environment)
            #expect(ended.status == 7, "\(ended.output)")
            let (entered, left) = (
                ended.output.split(separator: "\u{1b}[?1049h").count, ended.output.split(separator: "\u{1b}[?1049l").count
            )
            #expect(entered >= 5 && left == 5, "\(ended.output)")
        }
    }
}
