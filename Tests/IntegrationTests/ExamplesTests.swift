import Foundation
import TestSupport
import Testing

/// Each example does what its text says.
@Suite(.serialized) struct ExamplesTests {
    /// An example, what it prints, and its status; those that do not end by themselves are ended after the first of it.
    struct Example: CustomTestStringConvertible {
        let file: String
        let prints: [String]
        var status: Int32 = 0
        var isEndless = false

        var testDescription: String { file }
    }

    @Test(arguments: [
        Example(
            file: "hello.yaml",
            prints: [
                "ada    | I am process 2 of ", "grace  | a letter for me: hello, I am Ada",
                "ada    | a letter for me: hello Ada, I am Grace",
                "edsger | letters in the volume: ada grace", "Read-only file system",
            ]
        ),
        Example(file: "old-programs.yaml", prints: ["they are of: ledger", "they are of: printer", "the year is over"], status: 3),
        Example(file: "task-group.json", prints: ["writer | written", "reader | read: a line from the writer"]),
        Example(file: "log-sidecar.yaml", prints: ["collector | collected: GET /page/2 200"], status: 130, isEndless: true),
        Example(file: "metrics-adapter.yaml", prints: ["adapter | service_requests_total "], status: 130, isEndless: true),
        Example(file: "backup.yaml", prints: ["transfer | copy 2 has "], status: 130, isEndless: true),
    ])
    func runs(_ example: Example) async throws {
        try await AgoraLocal.run { local in
            let process = try local.start(["run", IntegrationTests.example(example.file)])
            if example.isEndless {
                #expect(await process.prints(example.prints[0]), "\(process.standardOutput)\(process.standardError)")
                process.signal(SIGINT)
            }
            let ended = await process.ended()
            #expect(ended.status == example.status, "\(ended.errors)")
            for text in example.prints { #expect(ended.output.contains(text), "\(ended.output)\(ended.errors)") }
            #expect(try await local.command("ps").lines.count == 1)
        }
    }

    @Test func anImageMadeHere() async throws {
        let made = try await shell("'\(example("make-image.sh"))'")
        defer { try? FileManager.default.removeItem(atPath: "/tmp/agora-example-image") }
        #expect(made.status == 0, "\(made.output)")
        try await AgoraLocal.run { local in
            let ended = try await local.command("run", example("image.yaml"))
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.contains("greeter | busybox says: an image of "))
            #expect(ended.output.contains("inside  | the files here: /bin /dev /etc"))
            #expect(ended.output.contains("outside | the machine runs "))
        }
    }

    @Test func thirtyTwoLevels() async throws {
        try await AgoraLocal.run { local in
            let ended = try await shell("'\(example("nest.sh"))' 127.0.0.1:\(local.agentPort)")
            #expect(ended.status == 0)
            #expect(ended.output.contains("31 levels run\nlevel 32: status 200\n"), "\(ended.output)")
            // The status of wait(2) for `exit 1`: the command's parent was process 1.
            #expect(ended.output.contains("\"exit_status\":256"), "\(ended.output)")
            #expect(ended.output.contains("level 33: status 400"), "\(ended.output)")
            #expect(ended.output.contains("level 1 was killed, and with it all: "), "\(ended.output)")
        }
    }

    private func shell(_ line: String) async throws -> Ended {
        try await Program.run("/bin/sh", ["-c", line])
    }
}
