import Agent
import Foundation
import MesosMessages
import TestSupport
import Testing

/// The sandboxes of what has ended are removed in time, those of others are not, whatever is in them.
@Suite(.enabled(if: geteuid() == 0))
struct SandboxCareTests {
    private static let often = Duration.milliseconds(50)
    private let weeks: @Sendable (inout AgentConfiguration) -> Void = {
        $0.sandboxCleanup.interval = often
        // However full the disk of the test is.
        $0.sandboxCleanup.headroom = 0
    }
    private let atOnce: @Sendable (inout AgentConfiguration) -> Void = {
        $0.sandboxCleanup.interval = often
        $0.sandboxCleanup.delay = .zero
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The folder in which a task's sandbox stands, by its real name.
    private func run(_ agent: AgentFixture, _ task: String) -> String { run(of: task, in: agent.workDirectory) }

    private func run(of task: String, in workDirectory: String) -> String {
        let runs = "\(workDirectory)/slaves/\(FakeMaster.agentID)/frameworks/framework/executors/\(task)/runs"
        return "\(runs)/\((try? FileManager.default.destinationOfSymbolicLink(atPath: "\(runs)/latest")) ?? "none")"
    }

    private func makeOld(_ path: String) throws {
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -30 * 86_400)], ofItemAtPath: path)
    }

    private func metric(_ agent: AgentFixture, _ name: String) async throws -> Double? {
        let json = try JSONSerialization.jsonObject(with: Data(try await agent.get("/metrics/snapshot").1.utf8))
        return (json as? [String: Double])?["gc/path_removals_\(name)"]
    }

    /// Waits until so many rounds have passed: each takes something away that we put there.
    private func rounds(_ agent: AgentFixture, _ count: Int = 2) async throws {
        for _ in 0..<count {
            let bait = "\(agent.workDirectory)/containers/bait"
            try FileManager.default.createDirectory(atPath: bait, withIntermediateDirectories: true)
            try makeOld(bait)
            #expect(await eventually { !exists(bait) })
        }
    }

    @Test func whatHasEndedGoesWithTheFoldersAboveIt() async throws {
        try await AgentFixture.run(atOnce) { agent in
            agent.launch([.sample("runs", "sleep 1000")])
            #expect(await agent.reaches("runs", .taskRunning))
            agent.launch([.sample("ends", "while [ ! -e go ]; do sleep 0.01; done")])
            #expect(await agent.reaches("ends", .taskRunning))
            let (running, ending) = (run(agent, "runs"), run(agent, "ends"))
            try makeOld(running)
            try await rounds(agent)
            #expect(exists(running) && exists(ending))
            #expect(FileManager.default.createFile(atPath: "\(ending)/go", contents: nil))
            #expect(await agent.reaches("ends", .taskFinished))
            let executor = URL(fileURLWithPath: ending).deletingLastPathComponent().deletingLastPathComponent().path
            #expect(await eventually { !exists(executor) })
            #expect(exists(running))
            #expect(try await agent.get("/files/output?path=\(ending)/stdout").0 == 404)
            #expect(try await metric(agent, "succeeded") ?? 0 >= 1)
            #expect(try await metric(agent, "failed") == 0)
        }
    }

    @Test func itStaysForItsTimeWhichARestartDoesNotChange() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: false, weeks) { agent in
                agent.launch([.sample("task", "echo hello")])
                #expect(await agent.reaches("task", .taskFinished))
                try await rounds(agent)
                #expect(agent.output("\(run(agent, "task"))/stdout") == "hello\n")
                #expect(try await eventually { try await metric(agent, "pending") == 1 })
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: false, weeks) { agent in
                try await rounds(agent)
                #expect(exists(run(agent, "task")))
            }
            let sandbox = self.run(of: "task", in: directory.path)
            try makeOld(sandbox)
            try await AgentFixture.runAgent(master, directory.path, destroys: true, weeks) { agent in
                let isGone = await eventually { !exists(sandbox) }
                #expect(isGone)
            }
            await master.stop()
        }
    }

    @Test func operatorsContainersGoToo() async throws {
        try await AgentFixture.run(weeks) { agent in
            let (ended, running) = ("\(agent.workDirectory)/containers/ended", "\(agent.workDirectory)/containers/running")
            try await agent.launch(["ended"], "true")
            try await agent.launch(["running"], "sleep 1000")
            _ = try await agent.wait(["ended"])
            try makeOld(ended)
            try makeOld(running)
            #expect(await eventually { !exists(ended) })
            #expect(exists(running))
            #expect(try await agent.remove(["ended"]) == 200)
            try await agent.launch(["ended"], "sleep 1000")
            try await rounds(agent)
            #expect(exists(ended))
        }
    }

    @Test func formerAgentsLeaveNothing() async throws {
        try await AgentFixture.run(weeks) { agent in
            let former = "\(agent.workDirectory)/slaves/former"
            let (below, made) = ("frameworks/f/executors/e/runs", "\(agent.workDirectory)/made")
            let runs = "\(former)/\(below)"
            for name in ["one", "two"] {
                try FileManager.default.createDirectory(atPath: "\(made)/\(below)/\(name)", withIntermediateDirectories: true)
            }
            try FileManager.default.createSymbolicLink(atPath: "\(made)/\(below)/latest", withDestinationPath: "two")
            // Whole, as folders in which nothing is are taken away.
            try FileManager.default.moveItem(atPath: made, toPath: former)
            try makeOld("\(runs)/one")
            #expect(await eventually { !exists("\(runs)/one") })
            try await rounds(agent)
            #expect(exists("\(runs)/two"))
            try makeOld("\(runs)/two")
            #expect(await eventually { !exists(former) })
        }
    }

    @Test(
        arguments: [
            ("without room, all", { @Sendable in $0.headroom = 1 }), ("by their size, all", { $0.maximumBytes = 0 }),
            ("by their size, the oldest", { $0.maximumBytes = 3 << 20 }),
        ] as [(String, @Sendable (inout SandboxCleanup) -> Void)]
    )
    func goesEarlierWhenRoomIsScarce(_ name: String, _ change: @Sendable (inout SandboxCleanup) -> Void) async throws {
        let keepsNewest = name.hasSuffix("oldest")
        try await AgentFixture.run({
            weeks(&$0)
            change(&$0.sandboxCleanup)
        }) { agent in
            let (old, made) = ("\(agent.workDirectory)/containers/old", "\(agent.workDirectory)/made")
            try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: "\(agent.workDirectory)/containers", withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: "\(made)/big", contents: Data(count: 2 << 20)))
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: made)
            // Whole, as it may go at once.
            try FileManager.default.moveItem(atPath: made, toPath: old)
            agent.launch([.sample("task", "head -c 2000000 /dev/zero > big")])
            #expect(await agent.reaches("task", .taskFinished))
            #expect(await eventually { !exists(old) })
            if keepsNewest {
                try await rounds(agent)
                #expect(exists("\(agent.sandbox("task"))/big"))
            } else {
                #expect(await eventually { !exists(agent.sandbox("task")) })
            }
        }
    }

    @Test func nothingOutsideIsTouched() async throws {
        try await withScratchDirectory { outside in
            #expect(FileManager.default.createFile(atPath: "\(outside.path)/precious", contents: nil))
            try await AgentFixture.run(weeks) { agent in
                let trap = """
                    ln -s \(outside.path) link; ln -s \(outside.path) containers; mkdir mounted; ln \(outside.path)/precious hard
                    name=d; for i in $(seq 1 300); do mkdir $name && cd $name; done
                    """
                agent.launch([.sample("task", trap)])
                #expect(await agent.reaches("task", .taskFinished))
                let run = self.run(agent, "task")
                #expect(mount(outside.path, "\(run)/mounted", nil, UInt(MS_BIND), nil) == 0)
                try makeOld(run)
                #expect(try await eventually { try await metric(agent, "failed") == 1 })
                #expect(exists("\(outside.path)/precious") && !exists(run))
                // What is left of it is gone when the mount is.
                let removed = "\(agent.workDirectory)/removed"
                // What was moved out of the depth goes with the next round.
                #expect(await eventually { (try? FileManager.default.contentsOfDirectory(atPath: removed))?.count == 1 })
                let left = try FileManager.default.contentsOfDirectory(atPath: removed)
                for name in left { #expect(umount2("\(removed)/\(name)/mounted", 0) == 0) }
                #expect(await eventually { (try? FileManager.default.contentsOfDirectory(atPath: removed))?.isEmpty == true })
                #expect(exists("\(outside.path)/precious"))
            }
        }
    }

    @Test func aFolderFromTheFutureIsNoReasonToStay() async throws {
        try await AgentFixture.run(weeks) { agent in
            agent.launch([.sample("task", "touch -d 2090-01-01 .")])
            #expect(await agent.reaches("task", .taskFinished))
            let run = self.run(agent, "task")
            let isNow = await eventually {
                let date = try? FileManager.default.attributesOfItem(atPath: run)[.modificationDate] as? Date
                return (date ?? .distantFuture) <= Date()
            }
            #expect(isNow)
        }
    }
}
