import Foundation
import TestSupport
import Testing

/// Clients that nobody here wrote, unmodified, from their package index. See Scripts/install-clients.sh.
@Suite(.timeLimit(.minutes(3)))
struct PymesosTests {
    private struct Outcome: Decodable {
        let states: [String: [String]]
        let problems: [String]
    }

    @Test func aSchedulerOnPymesosRunsItsTasks() async throws {
        try await AgoraLocal.run { local in
            let outcome = try JSONDecoder().decode(Outcome.self, from: try python("pymesos_scheduler.py", local.master))
            #expect(outcome.problems == [])
            #expect(outcome.states["succeeds"] == ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"])
            #expect(outcome.states["fails"] == ["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"])
            #expect(outcome.states["killed"]?.last == "TASK_KILLED")
        }
    }

    private func python(_ script: String, _ arguments: String...) throws -> Data {
        let sources = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [sources.appending(path: "Clients/\(script)").path] + arguments
        let clients = sources.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/clients")
        process.environment = ["PYTHONPATH": clients.path, "PATH": "/usr/bin:/bin"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return data
    }
}
