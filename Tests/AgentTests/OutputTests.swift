import Agent
import Containers
import Foundation
import MesosMessages
import TestSupport
import Testing

/// Parts of the output of containers: the last lines, and what came since a moment, through all files that it went into.
@Suite(.enabled(if: geteuid() == 0))
struct OutputTests {
    private let small: @Sendable (inout AgentConfiguration) -> Void = { $0.logLimit = LogLimit(bytes: 1024, files: 100) }

    private func sandbox(_ agent: AgentFixture) -> String { "\(agent.workDirectory)/containers/top" }

    private func output(_ agent: AgentFixture, _ query: String = "", _ file: String = "stdout") async throws -> (Int, String) {
        try await agent.get("/files/output?path=\(sandbox(agent))/\(file)\(query)")
    }

    private func create(_ path: String) {
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
    }

    @Test func theLastLinesOfManyFiles() async throws {
        try await AgentFixture.run(small) { agent in
            try await agent.launch(["top"], "seq 1 2000; printf 'no end'; touch done; sleep 1000")
            #expect(try await eventually { try await output(agent).1.hasSuffix("no end") })
            let all = (1...2000).map(String.init) + ["no end"]
            for count in [0, 1, 2, 500, 2001, 100_000] {
                let (status, text) = try await output(agent, "&tail=\(count)")
                #expect(status == 200 && text == all.suffix(count).joined(separator: "\n"), "\(count)")
            }
            #expect(try await output(agent).1 == all.joined(separator: "\n"))
            #expect(try await output(agent, "&tail=3", "stderr").1.isEmpty)
        }
    }

    @Test(arguments: [1, 2000]) func whatCameSince(early: Int) async throws {
        try await AgentFixture.run(small) { agent in
            let line = "seq 1 \(early); echo ready >&2; while [ ! -e go ]; do sleep 0.01; done; seq 1 500; echo over >&2; sleep 1000"
            try await agent.launch(["top"], line)
            #expect(try await eventually { try await output(agent, "", "stderr").1 == "ready\n" })
            // Times are noted in tenths of a second.
            let moment = Date().timeIntervalSince1970 + 0.2
            #expect(await eventually { Date().timeIntervalSince1970 > moment })
            create("\(sandbox(agent))/go")
            #expect(try await eventually { try await output(agent, "", "stderr").1 == "ready\nover\n" })
            let late = (1...500).map { "\($0)\n" }
            #expect(try await output(agent, "&since=\(moment)").1 == late.joined())
            #expect(try await output(agent, "&since=\(moment)", "stderr").1 == "over\n")
            #expect(try await output(agent, "&since=\(moment)&tail=3").1 == late.suffix(3).joined())
            #expect(try await output(agent, "&since=\(moment)&tail=9999").1 == late.joined())
            for before in ["-3600", "\(moment - 3600)"] {
                #expect(try await output(agent, "&since=\(before)").1.split(separator: "\n").count == early + 500)
            }
            #expect(try await output(agent, "&since=\(moment + 3600)").1.isEmpty)

            // Likewise when all is over.
            #expect(try await agent.kill(["top"]) == 200)
            _ = try await agent.wait(["top"])
            #expect(try await output(agent, "&since=\(moment)").1 == late.joined())
        }
    }

    @Test func aFollowerBeginsThereToo() async throws {
        try await AgentFixture.run(small) { agent in
            let line = "seq 1 1000; echo ready >&2; while [ ! -e go ]; do sleep 0.01; done; seq 1001 1010"
            try await agent.launch(["top"], line)
            #expect(try await eventually { try await output(agent, "", "stderr").1 == "ready\n" })
            let readers = [("tail=2", 999), ("since=-3600;tail=3", 998), ("since=-3600", 1), ("start", 1)]
            let attached = try await withThrowingTaskGroup { group in
                for (header, first) in readers {
                    group.addTask { (try await agent.attach(["top"], from: header), first) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            create("\(sandbox(agent))/go")
            for (reader, first) in attached {
                #expect(try await reader.rest().text(.stdout) == (first...1010).map { "\($0)\n" }.joined())
            }
        }
    }

    @Test(arguments: ["tail=-1", "tail=x", "tail=", "since=now", "since=nan", "since=1e99", "since="])
    func brokenWishesAreRefused(wish: String) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let (status, text) = try await output(agent, "&\(wish)")
            #expect(status == 400 && text.contains(wish.prefix { $0 != "=" }), "\(status) \(text)")
            #expect(try await agent.attach(["top"], from: wish).status == 400)
        }
    }

    @Test func otherWordsInTheHeaderAreRefused() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            for header in ["end", "tail", "lines=3", "tail=3;x=1"] {
                #expect(try await agent.attach(["top"], from: header).status == 400, "\(header)")
            }
        }
    }

    @Test func withoutNotesNothingIsGuessed() async throws {
        try await AgentFixture.run({ $0.logLimit = nil }) { agent in
            try await agent.launch(["top"], "echo hello; sleep 1000")
            #expect(try await eventually { try await output(agent).1 == "hello\n" })
            let (status, text) = try await output(agent, "&since=-60")
            #expect(status == 409 && text.contains("--log-max-size"), "\(status) \(text)")
            #expect(try await output(agent, "&tail=1").1 == "hello\n")
        }
    }

    /// The notes stand in the sandbox, where the container can do with them what it likes.
    @Test(arguments: [
        "rm .stdout.times; ln -s /etc/passwd .stdout.times", "rm .stdout.times; mkfifo .stdout.times", ": > .stdout.times",
        "head -c 100000 /dev/urandom > .stdout.times", "truncate -s 8191P .stdout.times",
        "head -c 16 .stdout.times > kept; (cat kept; head -c 160000 /dev/urandom) > .stdout.times",
        "head -c 16 .stdout.times > kept; (cat kept; head -c 16000 /dev/zero | tr '\\000' '\\377') > .stdout.times",
    ])
    func wrongNotesAreHarmless(trick: String) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "seq 1 10; while [ ! -e .stdout.times ]; do sleep 0.01; done; \(trick); touch done; sleep 1000")
            #expect(await eventually { FileManager.default.fileExists(atPath: "\(sandbox(agent))/done") })
            let (status, text) = try await output(agent, "&since=-60")
            #expect([200, 409].contains(status), "\(status) \(text)")
            #expect(status == 409 || (1...10).map { "\($0)\n" }.joined().hasSuffix(text), "\(text)")
        }
    }

    @Test func onlyWhatIsInSandboxesIsShown() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(
                ["top"],
                "ln -s /etc out; mkfifo pipe; mkdir -p in/deep; ln -s in/deep link; echo x > in/deep/a; touch done; sleep 1000"
            )
            #expect(await eventually { FileManager.default.fileExists(atPath: "\(sandbox(agent))/done") })
            for file in ["out/passwd", "pipe", "in", "never", "", "in/deep/../../../../../etc/passwd"] {
                let (status, text) = try await output(agent, "", file)
                #expect([404, 500].contains(status) && !text.contains("root:"), "\(file): \(status) \(text)")
            }
            #expect(try await output(agent, "", "link/a").1 == "x\n")
            #expect(try await agent.get("/files/output?path=/etc/passwd").0 == 404)
            #expect(try await agent.get("/files/output").0 == 400)
        }
    }
}
