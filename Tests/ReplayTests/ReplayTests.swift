import Foundation
import TestSupport
import Testing
import TranscriptTesting

/// Conversations with a real Mesos, said again to Agora: the same statuses, headers, fields and kinds of values, the same
/// states, reasons and sources in the same order. Where Agora means to differ stands in `Differences/`, a line for each
/// place, with the reasons in docs/mesos-compatibility.md. `AGORA_REWRITE=1` writes these files anew.
@Suite(.timeLimit(.minutes(5)), .enabled(if: geteuid() == 0))  // Containers need root.
struct ReplayTests {
    // Measured at some moment or another, what is on the disk would make one run differ from the next.
    private static let resources = [
        "--resources", "cpus:16;mem:16384;disk:20000;ports:[31000-32000]", "--container-disk-watch-interval", "60m",
    ]

    @Test func aFrameworksLifeAndTheReadsInTheMidstOfIt() async throws {
        try await AgoraLocal.run(arguments: Self.resources) { local in
            var reads = Replay(local)
            var life = Replay(local)
            let transcript = try Recording("reads-while-running")
            try await life.play(Recording("scheduler"), before: "implicit") {
                // What the task has left is offered again, a little later than it runs.
                let isOffered = try await eventually {
                    try await Program.run("curl", ["-s", "http://\(local.master)/state"]).output
                        .contains(/"offered_resources":\{[^}]*"ports"/)
                }
                #expect(isOffered)
                try await reads.play(transcript)
            }
            try expect(life.differences, asIn: "scheduler")
            try expect(reads.differences, asIn: "reads-while-running")
        }
    }

    @Test(arguments: ["agent-containers", "refusals", "master-v0-reads", "agent-v0-reads", "master-operator-reads", "agent-operator-reads"])
    func requests(_ name: String) async throws {
        try await AgoraLocal.run(arguments: Self.resources) { local in
            var replay = Replay(local)
            try await replay.play(Recording(name))
            try expect(replay.differences, asIn: name)
        }
    }

    private func expect(_ differences: [String], asIn name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Differences")
        let file = folder.appending(path: "\(name).txt")
        if ProcessInfo.processInfo.environment["AGORA_REWRITE"] != nil {
            return try Data(differences.map { $0 + "\n" }.joined().utf8).write(to: file)
        }
        let known = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let (new, gone) = (Set(differences).subtracting(known).sorted(), Set(known).subtracting(differences).sorted())
        #expect(new == [], "differs from Mesos in places that \(name).txt does not name")
        #expect(gone == [], "differs no more from Mesos in these places; take them out of \(name).txt")
    }
}
