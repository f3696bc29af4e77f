import Foundation
import MesosMessages
import TestSupport
import Testing

/// An agent that is killed at any moment while its tasks start and end: what its master hears of each task is true.
@Suite(.timeLimit(.minutes(10)), .enabled(if: geteuid() == 0))  // Containers need root.
struct TaskKillTests {
    private static let lives = 30

    @Test func atAnyMomentOfTasks() async throws {
        let seed = ProcessInfo.processInfo.environment["AGORA_KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        print("AGORA_KILL_SEED=\(seed)")
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let life = KilledTasks(master, directory, seed: seed)
            let problems = try await life.live(times: Self.lives)
            if !problems.isEmpty { Issue.record("AGORA_KILL_SEED=\(seed): \(problems.joined(separator: "\n"))") }
            await master.stop()
        }
    }
}

/// The tasks of such an agent, and what is known of each.
private final class KilledTasks {
    private struct Entry {
        let id: String
        /// What it ends with; nothing: it runs until it is killed.
        let exitCode: Int32?
        var isKilled = false
        var isOver = false
    }

    private let agent: AgentFixture
    private let master: FakeMaster
    private let folder: URL
    private var random: SplitMix
    private var entries: [Entry] = []
    private var count = 0

    init(_ master: FakeMaster, _ folder: URL, seed: UInt64) {
        self.master = master
        self.folder = folder
        agent = AgentFixture(master: master, workDirectory: folder.path, port: 0)
        random = SplitMix(seed: seed)
    }

    func live(times: Int) async throws -> [String] {
        var process = try await start()
        for life in 0..<times {
            begin()
            try await Task.sleep(for: .milliseconds(Double.random(in: 0...150, using: &random)))
            await process.kill()
            process = try await start()
            let problems = await check()
            guard problems.isEmpty else {
                _ = await end(process)
                return ["in life \(life):"] + problems
            }
        }
        return await end(process)
    }

    private func start() async throws -> AgentProcess {
        let subscriptions = master.subscriptions.count
        let process = try await AgentProcess.start(folder, ["--resources", "cpus:64;mem:64000;disk:1000"], master: master.address)
        #expect(await eventually { master.subscriptions.count > subscriptions })
        return process
    }

    // MARK: Before the kill

    private func begin() {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            count += 1
            if Int.random(in: 0..<3, using: &random) == 0 {
                let group = [entry("g\(count)a", exitCode: 0), entry("g\(count)b", exitCode: nil)]
                agent.launchGroup(group.map(task), executor: "pod\(count)")
            } else {
                let exitCode = Bool.random(using: &random) ? Int32.random(in: 0...99, using: &random) : nil
                agent.launch([task(entry("t\(count)", exitCode: exitCode))])
            }
        }
        let running = entries.indices.filter { !entries[$0].isOver && !entries[$0].isKilled && entries[$0].exitCode == nil }
        guard Bool.random(using: &random), let index = running.randomElement(using: &random) else { return }
        // A group goes as a whole.
        let id = entries[index].id
        for other in entries.indices where entries[other].id == id || (id.hasPrefix("g") && entries[other].id.dropLast() == id.dropLast()) {
            entries[other].isKilled = true
        }
        agent.killTask(entries[index].id, graceSeconds: 0)
    }

    private func entry(_ id: String, exitCode: Int32?) -> Entry {
        let entry = Entry(id: id, exitCode: exitCode)
        entries.append(entry)
        return entry
    }

    private func task(_ entry: Entry) -> Mesos_V1_TaskInfo {
        .sample(entry.id, "echo started >> starts; " + (entry.exitCode.map { "exit \($0)" } ?? "exec sleep 1000"))
    }

    // MARK: After the kill

    private func check() async -> [String] {
        var problems: [String] = []
        for index in entries.indices where !entries[index].isOver {
            let entry = entries[index]
            // The master of a real cluster says it again, too.
            if entry.isKilled { agent.killTask(entry.id, graceSeconds: 0) }
            let isSettled = await eventually {
                isNew(entry) || end(of: entry) != nil || (runsOn(entry) && told(entry).contains(.taskRunning))
            }
            if !isSettled { problems.append("\(entry.id) is in \(told(entry)) and gets no further") }
            problems += judge(entry)
            entries[index].isOver = isNew(entry) || end(of: entry) != nil
        }
        return problems
    }

    private func told(_ entry: Entry) -> [Mesos_V1_TaskState] { master.states(entry.id) }

    private func runsOn(_ entry: Entry) -> Bool { entry.exitCode == nil && !entry.isKilled }

    private func end(of entry: Entry) -> Mesos_V1_TaskStatus? {
        guard let last = master.last(entry.id), ![.taskStarting, .taskRunning, .taskKilling, .taskStaging].contains(last.state) else {
            return nil
        }
        return last
    }

    /// Whether the agent was killed before it heard of it.
    private func isNew(_ entry: Entry) -> Bool {
        told(entry).isEmpty && master.subscriptions.last?.tasks.contains { $0.taskID.value == entry.id } != true
    }

    private func judge(_ entry: Entry) -> [String] {
        guard let last = end(of: entry) else { return [] }
        let told = told(entry)
        let ends = told.filter { [.taskFinished, .taskFailed, .taskKilled, .taskDropped, .taskGone, .taskLost].contains($0) }
        guard ends.count == 1 else { return ["\(entry.id) ended more than once: \(told)"] }
        // It never ran: its launch was cut short.
        if last.state == .taskDropped && !told.contains(.taskRunning) { return [] }
        let isTrue =
            switch entry.exitCode {
            case _ where entry.isKilled && last.state == .taskKilled: true
            case 0: last.state == .taskFinished
            case let code?: last.state == .taskFailed && last.message == "Command exited with status \(code)"
            case nil: false
            }
        return isTrue
            ? [] : ["\(entry.id), which \(entry.exitCode.map { "ends with \($0)" } ?? "runs on"), was told as \(told): \(last.message)"]
    }

    // MARK: The end

    private func end(_ process: AgentProcess) async -> [String] {
        for index in entries.indices where !entries[index].isOver { entries[index].isKilled = true }
        let problems = await check()
        let left = LeftBehind(folder: folder.path)
        await process.process.stop()
        return problems + (left?.all ?? [])
    }
}
