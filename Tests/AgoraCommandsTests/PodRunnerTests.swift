import Cluster
import MesosMessages
import SwiftProtobuf
import Synchronization
import Testing

@testable import AgoraCommands

/// ``PodRunner`` over HTTP, with masters that are good, that go away, and that are hostile.
@Suite(.timeLimit(.minutes(1))) struct PodRunnerTests {
    private let launch = PodLaunch(
        name: "one",
        executor: nil,
        tasks: [
            .with {
                $0.name = "one"
                $0.taskID.value = "task"
                $0.resources = TaskNeeds.usual.resources
            }
        ]
    )

    /// What the user was told.
    private final class Notes: Sendable {
        private let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func run(_ master: FakeMaster, notes: Notes = Notes()) async throws -> PodOutcome {
        try await FakeMaster.serve(master) { endpoint in
            try await Connection.with { connection in
                let runner = PodRunner(connection: connection, master: endpoint, options: PodRunOptions(), note: { notes.add($0) })
                return try await runner.run(launch, interrupts: AsyncStream<Void> { _ in })
            }
        }
    }

    private static let running: [FakeMaster.Answer] = [.update("task", .taskRunning)]

    @Test func runsToItsEnd() async throws {
        let master = FakeMaster { call, _ in
            switch call.type {
            case .subscribe: [.subscribed, .offer]
            case .accept: Self.running + [.update("task", .taskFailed, "Command exited with status 9")]
            default: []
            }
        }
        #expect(try await run(master) == .exited(9))
        #expect(master.calls.map(\.type).filter { $0 != .acknowledge } == [.subscribe, .accept, .suppress, .teardown])
        #expect(master.calls.count { $0.type == .acknowledge } == 2)
    }

    @Test func comesBackToAMasterThatWentAway() async throws {
        let master = FakeMaster { call, count in
            switch (call.type, count) {
            case (.subscribe, 0): [.subscribed, .offer]
            case (.accept, _): Self.running + [.close]
            case (.subscribe, 1): [.close]
            case (.subscribe, _): [.subscribed]
            case (.reconcile, _): [.update("task", .taskFinished, "Command exited with status 0")]
            default: []
            }
        }
        let notes = Notes()
        #expect(try await run(master, notes: notes) == .exited(0))
        #expect(notes.text.contains("is lost; trying again"))
        let subscriptions = master.calls.filter { $0.type == .subscribe }
        #expect(subscriptions.map(\.frameworkID.value) == ["", "F", "F"])
        #expect(master.calls.last?.type == .teardown)
    }

    @Test func anAcceptOfWhichNobodyKnowsWhetherItArrived() async throws {
        let master = FakeMaster { call, count in
            switch (call.type, count) {
            case (.subscribe, 0): [.subscribed, .offer]
            case (.subscribe, _): [.subscribed]
            case (.accept, _): [.breakOff]
            case (.reconcile, _): [.update("task", .taskFinished, "Command exited with status 0")]
            default: []
            }
        }
        #expect(try await run(master) == .exited(0))
        let types = master.calls.map(\.type)
        #expect(types.prefix(4) == [.subscribe, .accept, .subscribe, .reconcile])
        #expect(types.last == .teardown)
    }

    @Test func anOfferThatMayNotBeAccepted() async throws {
        let master = FakeMaster { call, _ in
            switch call.type {
            case .subscribe: [.subscribed, .offer]
            case .accept: [.refuse(400, "task \"task\" has no name")]
            default: []
            }
        }
        guard case .failed(let reason) = try await run(master) else { return #expect(Bool(false)) }
        #expect(reason.contains("refused with status 400: task \"task\" has no name"))
        #expect(master.calls.map(\.type) == [.subscribe, .accept, .teardown])
    }

    @Test func aFrameworkThatTheMasterForgot() async throws {
        let master = FakeMaster { call, count in
            switch (call.type, count) {
            case (.subscribe, 0): [.subscribed, .close]
            case (.subscribe, _): [.refuse(400, "framework F was removed")]
            default: []
            }
        }
        guard case .failed(let reason) = try await run(master) else { return #expect(Bool(false)) }
        #expect(reason.contains("no longer knows framework F") && reason.contains("framework F was removed"))
    }

    @Test(arguments: [
        (FakeMaster.Answer.refuse(400, "no such role"), "refused with status 400: no such role"),
        (.refuse(503, "the master is recovering"), "refused with status 503"),
        (.bytes(Array("nonsense\n".utf8)), "the stream of events broke"),
        (.bytes(Array("99999999999999999999\n".utf8)), "the stream of events broke"),
        (.bytes([51, 10, 255, 255, 255]), "the stream of events broke"),
        (.close, "closed the connection before it answered"),
    ])
    func whatMakesNoSenseIsTold(_ answer: FakeMaster.Answer, _ message: String) async throws {
        let master = FakeMaster { call, _ in call.type == .subscribe ? [answer, .close] : [] }
        do {
            guard case .failed(let reason) = try await run(master) else { return #expect(Bool(false)) }
            #expect(reason.contains(message))
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct OutputFollowerTests {
    private func read(_ files: [String: String], path: String, ending: OutputFollower.Ending) async throws -> String {
        let shared = Shared()
        try await FakeMaster.serve(FakeMaster(files: files) { _, _ in [] }) { endpoint in
            try await Connection.with { connection in
                try await OutputFollower(agent: AgentClient(connection: connection, agent: endpoint), path: path, ending: ending) { bytes in
                    shared.bytes.withLock { $0 += bytes }
                    return true
                }.run()
            }
        }
        return String(decoding: shared.bytes.withLock { $0 }, as: UTF8.self)
    }

    private final class Shared: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    @Test func readsAFileInPiecesToItsEnd() async throws {
        let ending = OutputFollower.Ending()
        ending.come()
        let text = String(repeating: "0123456789", count: 20)
        #expect(try await read(["/f": text], path: "/f", ending: ending) == text)
    }

    @Test func aFileThatNeverWasIsEmpty() async throws {
        let ending = OutputFollower.Ending()
        ending.come()
        #expect(try await read([:], path: "/f", ending: ending).isEmpty)
    }
}
