import Agent
import AgentCore
import Containers
import Foundation
import MesosMessages
import TestSupport
import Testing

/// How a task ended is kept with what it wrote last, longer than its sandbox, and through restarts of the agent.
@Suite(.enabled(if: geteuid() == 0)) struct EndedTaskTests {
    private struct Answer: Decodable { let tasks: [Ended] }
    private struct Ended: Decodable {
        let taskId: String
        let frameworkId: String
        let containerId: String?
        let state: String
        let reason: String?
        let message: String?
        let started: Double?
        let ended: Double
        let exitStatus: Int?
        let signal: Int?
        let use: Use?
        let lastOutput: [String: Output]?

        struct Use: Decodable {
            let memoryPeakBytes: Int?
            let memoryLimitBytes: Int?
            let cpuUserSecs: Double?
            let cpuSystemSecs: Double?
            let shared: Bool
        }
        struct Output: Decodable { let size: Int, text: String }
    }

    private static func ends(of task: String, _ agent: AgentFixture, more: String = "") async throws -> [Ended] {
        let (status, body) = try await agent.get("/why?task_id=\(task)\(more)")
        guard status == 200 else { return [] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(body.utf8)).tasks
    }

    /// What is known, and what is not.
    private static func expect(_ known: [String], no unknown: [String], _ agent: AgentFixture) async throws {
        for task in known { #expect(try await ends(of: task, agent).count == 1) }
        for task in unknown { #expect(try await agent.get("/why?task_id=\(task)").0 == 404) }
    }

    @Test func statusUseAndLastLinesAreKept() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("three", "echo one; echo two >&2; head -c 20m /dev/zero | tail > /dev/null; exit 3")])
            #expect(await agent.reaches("three", .taskFailed))
            let three = try #require(try await Self.ends(of: "three", agent).first)
            #expect(three.taskId == "three" && three.frameworkId == "framework" && three.containerId != nil)
            #expect(three.state == "TASK_FAILED" && three.exitStatus == 3 && three.signal == nil)
            #expect(three.message == "Command exited with status 3")
            #expect(three.lastOutput?["stdout"]?.text == "one\n" && three.lastOutput?["stderr"]?.text == "two\n")
            #expect(three.lastOutput?["stdout"]?.size == 4)
            #expect(three.ended >= three.started ?? .infinity && abs(three.ended - Date.now.timeIntervalSince1970) < 60)
            #expect(three.use?.memoryLimitBytes == 32 << 20 && three.use?.shared == false)
            #expect(((20 << 20)...(32 << 20)).contains(three.use?.memoryPeakBytes ?? 0), "\(three)")
            // The kernel may have spent all of it.
            #expect((three.use?.cpuUserSecs ?? 0) + (three.use?.cpuSystemSecs ?? 0) > 0)
        }
    }

    @Test func signalsAndLimitsAreTold() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("killed", "echo up; exec sleep 1000")])
            #expect(await agent.reaches("killed", .taskRunning))
            agent.launch([.sample("hog", "head -c 100m /dev/zero | tail > /dev/null; kill -9 $$")])
            #expect(await agent.reaches("hog", .taskFailed))
            agent.killTask("killed", graceSeconds: 0)
            #expect(await agent.reaches("killed", .taskKilled))
            let killed = try #require(try await Self.ends(of: "killed", agent).first)
            #expect(killed.state == "TASK_KILLED" && killed.signal == 9 && killed.exitStatus == nil)
            #expect(killed.lastOutput?["stdout"]?.text == "up\n")
            let hog = try #require(try await Self.ends(of: "hog", agent).first)
            #expect(hog.reason == "REASON_CONTAINER_LIMITATION_MEMORY" && hog.signal == 9, "\(hog)")
            #expect(((31 << 20)...(32 << 20)).contains(hog.use?.memoryPeakBytes ?? 0), "\(hog)")
        }
    }

    /// A long output is cut to whole lines, also behind a file that was just begun; what a container puts in its place is not read.
    @Test func lastLinesAreBoundedAndHonest() async throws {
        try await AgentFixture.run({ $0.logLimit = .init(bytes: 1 << 20, files: 2) }) { agent in
            agent.launch([
                .sample("long", "seq -f 'line %06g' 80000"), .sample("wide", "head -c 10000 /dev/zero | tr '\\0' x"),
                .sample("sly", "rm -f stdout stderr; ln -s /etc/passwd stdout; mkfifo stderr"),
            ])
            for task in ["long", "wide", "sly"] { #expect(await agent.reaches(task, .taskFinished)) }
            let long = try #require(try await Self.ends(of: "long", agent).first?.lastOutput?["stdout"])
            #expect(long.text.hasSuffix("line 079999\nline 080000\n") && long.text.hasPrefix("line 0"))
            #expect((4000...4096).contains(long.text.utf8.count) && long.size > 4096)
            let wide = try #require(try await Self.ends(of: "wide", agent).first?.lastOutput?["stdout"])
            #expect(wide.text == String(repeating: "x", count: 4096) && wide.size == 10_000)
            let sly = try await Self.ends(of: "sly", agent).first
            #expect(sly?.lastOutput?.isEmpty == true)
        }
    }

    @Test func theyOutliveSandboxesAndRestarts() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let gate = directory.appending(path: "gate").path
            let change: @Sendable (inout AgentConfiguration) -> Void = {
                $0.sandboxCleanup.delay = .zero
                $0.sandboxCleanup.interval = .milliseconds(50)
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: false, change) { agent in
                agent.launch([
                    .sample("early", "echo early"), .sample("late", "echo late; while ! [ -e \(gate) ]; do sleep 0.01; done; exit 7"),
                ])
                #expect(await agent.reaches("early", .taskFinished))
                #expect(await agent.reaches("late", .taskRunning))
                #expect(await eventually { !FileManager.default.fileExists(atPath: agent.sandbox("early")) })
                let early = try await Self.ends(of: "early", agent).first
                #expect(early?.lastOutput?["stdout"]?.text == "early\n")
            }
            // It ends while there is no agent.
            try Data().write(to: URL(filePath: gate))
            try await AgentFixture.runAgent(master, directory.path, destroys: true, change) { agent in
                #expect(await agent.reaches("late", .taskFailed))
                #expect(await eventually { !FileManager.default.fileExists(atPath: agent.sandbox("late")) })
                for (task, text, status) in [("early", "early\n", 0), ("late", "late\n", 7)] {
                    let end = try #require(try await Self.ends(of: task, agent).first)
                    #expect(end.exitStatus == status && end.lastOutput?["stdout"]?.text == text, "\(end)")
                    #expect(end.use?.memoryPeakBytes ?? 0 > 0)
                }
            }
            await master.stop()
        }
    }

    @Test func theOldestGoFirst() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: true, { $0.endedTasks.count = 3 }) { agent in
                for task in ["one", "two", "three", "four", "five"] {
                    agent.launch([.sample(task, "true")])
                    #expect(await agent.reaches(task, .taskFinished))
                }
                try await Self.expect(["three", "four", "five"], no: ["one", "two"], agent)
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true, { $0.endedTasks.count = 1 }) { agent in
                try await Self.expect(["five"], no: ["three", "four"], agent)
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true, { $0.endedTasks.age = .milliseconds(1) }) { agent in
                try await Self.expect([], no: ["five"], agent)
            }
            // It was not only hidden.
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                try await Self.expect([], no: ["five"], agent)
            }
            await master.stop()
        }
    }

    @Test func eachRunOfAnIdIsKeptAndNoneIfNoneIsWanted() async throws {
        try await AgentFixture.run { agent in
            for status in [1, 2] {
                agent.launch([.sample("again", "exit \(status)")])
                #expect(await eventually { agent.master.last("again")?.message == "Command exited with status \(status)" })
            }
            let all = try await Self.ends(of: "again", agent)
            #expect(all.map(\.exitStatus) == [2, 1])
            let (own, others) = try await (
                Self.ends(of: "again", agent, more: "&framework_id=framework"), Self.ends(of: "again", agent, more: "&framework_id=other")
            )
            #expect(own.count == 2 && others.isEmpty)
        }
        try await AgentFixture.run({ $0.endedTasks.count = 0 }) { agent in
            agent.launch([.sample("none", "true")])
            #expect(await agent.reaches("none", .taskFinished))
            try await Self.expect([], no: ["none"], agent)
        }
    }

    @Test func badQuestionsAreRefused() async throws {
        try await AgentFixture.run { agent in
            let long = String(repeating: "y", count: 3000)
            for (query, status, words) in [
                ("", 400, "task_id: missing"), ("?task_id=", 400, "task_id: missing"), ("?task_id=nobody", 404, "task nobody"),
                ("?task_id=..%2F%27%3B--%25", 404, "no end of a task"), ("?task_id=%00", 400, "control character"),
                ("?task_id=\(long)", 404, "no end of a task"),
                ("?framework_id=framework", 400, "task_id: missing"),
            ] {
                let answer = try await agent.get("/why\(query)")
                #expect(answer.0 == status && answer.1.contains(words) && answer.1.utf8.count < 1000, "\(query.prefix(50)): \(answer)")
            }
        }
    }

    @Test func groupsAndRefusalsAndLeavingFrameworksCount() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([.sample("fails", "echo no; exit 4"), .sample("stays", "sleep 1000")])
            #expect(await agent.reaches("stays", .taskKilled))
            let fails = try #require(try await Self.ends(of: "fails", agent).first)
            #expect(fails.exitStatus == 4 && fails.lastOutput?["stdout"]?.text == "no\n" && fails.use?.memoryPeakBytes ?? 0 > 0)
            #expect(try await Self.ends(of: "stays", agent).first?.signal != nil)
            agent.launch([.sample("gone", "sleep 1000")])
            #expect(await agent.reaches("gone", .taskRunning))
            agent.master.send(.shutdownFramework) { $0.shutdownFramework.frameworkID.value = "framework" }
            let isKept = try await eventually { try await Self.ends(of: "gone", agent).first?.state == "TASK_KILLED" }
            #expect(isKept)
        }
    }
}
