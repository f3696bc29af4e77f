import Foundation
import TestSupport
import Testing

/// `--watch` on a pipe and on a terminal.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct WatchTests {
    /// Runs a command on a terminal of 60 columns and 12 rows; each step waits for an output and then types.
    private func watch(_ local: AgoraLocal, _ steps: [[Any]], _ arguments: String...) throws -> Program {
        let script = try #require(Bundle.module.path(forResource: "typing", ofType: "py", inDirectory: "Terminals"))
        let conversation = String(decoding: try JSONSerialization.data(withJSONObject: [["", [12, 60]]] + steps), as: UTF8.self)
        var environment = ProcessInfo.processInfo.environment
        environment["AGORA_MASTER"] = local.master
        environment["TERM"] = "xterm"
        environment["NO_COLOR"] = nil
        return try Program("python3", [script, conversation, Program.agora] + arguments, environment: environment)
    }

    @Test func aPipeGetsEachChangeOnce() async throws {
        try await AgoraLocal.run { local in
            let text = try local.start(["ps", "--watch", "--interval", "100ms"])
            let lines = try local.start(["ps", "--watch", "--interval", "100ms", "--output", "json"])
            let documents = try local.start(["tasks", "--watch", "--interval", "100ms", "--output", "yaml"])
            let id = try await local.launch("web")
            for program in [text, lines, documents] {
                #expect(await program.prints(id), "\(program.standardError)")
                #expect(await eventually { program.standardOutput.lowercased().contains("running") })
            }
            // Nothing changes: nothing is printed, though ages grow.
            let before = text.standardOutput
            try await Task.sleep(for: .seconds(2))
            #expect(text.standardOutput == before)
            #expect(try await local.command("kill", "web").status == 0)
            #expect(await eventually { lines.standardOutput.hasSuffix("\n[]\n") }, "\(lines.standardOutput)")
            #expect(await eventually { text.standardOutput.hasSuffix("\n\nTASK  STATE  NAME  NODE  SINCE  FRAMEWORK\n") })
            #expect(!text.standardOutput.contains("\u{1b}"))
            #expect(await eventually { documents.standardOutput.hasSuffix("--- []\n") }, "\(documents.standardOutput)")
            for program in [text, lines, documents] {
                program.signal(SIGINT)
                #expect(await program.exitStatus() == 130)
            }
            for line in lines.standardOutput.split(separator: "\n") {
                #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [Any])
            }
            #expect(try await YAMLDocuments.parse(documents.standardOutput).count > 2)
        }
    }

    @Test func aTerminalIsWrittenOverAndGivenBack() async throws {
        try await AgoraLocal.run { local in
            let long = "a-name-that-is-much-longer-than-the-terminal-is-wide-so-it-must-be-cut"
            let watching = try watch(local, [["TASK", ""], ["running", ""], ["…", "\u{3}"]], "ps", "--watch", "--interval", "100ms")
            #expect(await watching.prints("TASK"))
            _ = try await local.launch(String(long.prefix(60)))
            let ended = await watching.ended()
            #expect(ended.status == 130, "\(ended)")
            #expect(ended.output.contains("\u{1b}[?25l\u{1b}[2J\u{1b}[H\u{1b}[1mTASK"))
            #expect(ended.output.hasSuffix("\u{1b}[?25h\r\n"), "\(ended.output.suffix(40))")
            let screens = ended.output.components(separatedBy: "\u{1b}[H").dropFirst()
            #expect(screens.count > 1)
            for line in (screens.last ?? "").split(separator: "\r\n") where line.contains("running") {
                #expect(line.replacing("\u{1b}[K", with: "").count <= 60, "\(line)")
            }
        }
    }

    @Test func coloursAreLeftOutOnRequestAndTroubleIsTold() async throws {
        try await AgoraLocal.run { local in
            let script = try #require(Bundle.module.path(forResource: "typing", ofType: "py", inDirectory: "Terminals"))
            let steps = #"[["", [30, 100]], ["ADDRESS", ""], ["no master answers", "\u0003"]]"#
            let environment = ProcessInfo.processInfo.environment.merging(["NO_COLOR": "1", "TERM": "xterm"]) { $1 }
            let words = [script, steps, Program.agora, "nodes", "--master", local.master, "--watch", "--interval", "100ms"]
            let watching = try Program("python3", words, environment: environment)
            #expect(await watching.prints("127.0.0.1"))
            await local.process.stop()
            let ended = await watching.ended()
            #expect(ended.status == 130 && !ended.output.contains("\u{1b}[1m"), "\(ended)")
            // What was read last is still there, above what is wrong.
            let last = ended.output.components(separatedBy: "\u{1b}[H").last ?? ""
            #expect(last.contains("ADDRESS") && last.contains("127.0.0.1") && last.contains("no master answers"), "\(last)")
        }
    }

    @Test func aPipeEndsWithTheMaster() async throws {
        try await AgoraLocal.run { local in
            let watching = try local.start(["nodes", "--watch", "--interval", "100ms"])
            #expect(await watching.prints("127.0.0.1"))
            await local.process.stop()
            let ended = await watching.ended()
            let words = ["no master answers", "the master is starting or stopping"]
            #expect(ended.status == 69 && words.contains { ended.errors.contains($0) }, "\(ended)")
        }
    }
}
