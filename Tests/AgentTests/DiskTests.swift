import AgentCore
import Cluster
import Foundation
import GRDB
import Logging
import MesosAPI
import MesosMessages
import Storage
import SwiftProtobuf
import TestSupport
import Testing

@testable import Agent

/// What is stored is found again, and one folder belongs to one agent.
@Suite struct DiskTests {
    @Test func findsAllThatWasStored() async throws {
        try await withStore { open in
            let (task, updates) = Self.sampleTask
            var store = try open()
            #expect(
                store.commit([
                    .putAgentID(AgentID("S1")), .putLife(2), .putLife(3), .putFramework(FrameworkID("f"), .sample),
                    .putExecutor(Self.sampleExecutor),
                    .putTask(task), .putUpdate(task.key, number: 0, updates[0]), .putUpdate(task.key, number: 1, updates[1]),
                    .acknowledge(task.key, number: 0),
                ])
            )
            store.close()
            store = try open()
            let stored = try store.load()
            #expect(stored.id == AgentID("S1"))
            #expect(stored.life == 3)
            #expect(stored.frameworks == [FrameworkID("f"): .sample])
            #expect(stored.executors == [Self.sampleExecutor])
            var expected = task
            expected.updates = updates
            expected.acknowledged = 1
            #expect(stored.tasks == [expected])
            store.close()
        }
    }

    @Test func changesATaskWithoutItsUpdates() async throws {
        try await withStore { open in
            var (task, updates) = Self.sampleTask
            let store = try open()
            #expect(store.commit([.putTask(task), .putUpdate(task.key, number: 0, updates[0])]))
            task.kill = nil
            task.completionDeadline = Timestamp(nanoseconds: 99)
            #expect(store.commit([.putTask(task)]))
            let found = try #require(try store.load().tasks.first)
            #expect(found.kill == nil && found.completionDeadline == Timestamp(nanoseconds: 99))
            #expect(found.updates == [updates[0]])
            store.close()
        }
    }

    @Test func deletesATaskWithItsUpdates() async throws {
        try await withStore { open in
            let (task, updates) = Self.sampleTask
            let store = try open()
            #expect(store.commit([.putTask(task), .putUpdate(task.key, number: 0, updates[0]), .deleteTask(task.key)]))
            #expect(store.commit([.putTask(task)]))
            #expect(try store.load().tasks.first?.updates.isEmpty == true)
            store.close()
        }
    }

    @Test func saysWhichRecordIsDamaged() async throws {
        try await withStore { open in
            let (task, _) = Self.sampleTask
            let store = try open()
            #expect(store.commit([.putTask(task), .acknowledge(task.key, number: 7)]))
            let error = #expect(throws: AgentError.self) { try store.load() }
            #expect(error?.description.contains("task t1") == true)
            store.close()
        }
    }

    @Test func refusesASecondAgent() async throws {
        try await withScratchDirectory { directory in
            let first = try WorkDirectory(directory.path)
            let error = #expect(throws: AgentError.self) { try WorkDirectory(directory.path) }
            #expect(error?.description.contains("another agent uses the work directory") == true)
            withExtendedLifetime(first) {}
        }
    }

    @Test(arguments: ["relative", "", "/proc/none/x"]) func refusesUnusableFolders(path: String) {
        #expect(throws: AgentError.self) { try WorkDirectory(path) }
    }

    @Test(arguments: [
        (16, 65_536, 500_000, "cpus:16;mem:64512;disk:494880;ports:[31000-32000]"),
        (2, 2048, 10_240, "cpus:2;mem:1024;disk:5120;ports:[31000-32000]"),
    ])
    func keepsSomeForTheMachine(processors: Int, memory: Int, disk: Int, expected: String) throws {
        let host = HostResources(processors: processors, memoryMebibytes: memory, diskMebibytes: disk)
        #expect(try host.offered() == Resources.parse(expected))
        #expect(HostResources(path: "/").processors > 0)
    }

    @Test(arguments: [
        ("cpus:2;mem:512", "cpus:2;mem:512;disk:494880;ports:[31000-32000]"),
        ("cpus(eng):2;racks:{r1}", "cpus(eng):2;racks:{r1};mem:64512;disk:494880;ports:[31000-32000]"),
        ("cpus:1;mem:1;disk:1;ports:[1-2]", "cpus:1;mem:1;disk:1;ports:[1-2]"),
    ])
    func findsWhatIsNotGiven(given: String, expected: String) throws {
        let host = HostResources(processors: 16, memoryMebibytes: 65_536, diskMebibytes: 500_000)
        let offered = try host.offered(beside: Resources.parse(given), like: [])
        #expect(try offered == Resources.parse(expected))
        let later = HostResources(processors: 16, memoryMebibytes: 65_540, diskMebibytes: 500_010)
        #expect(try later.offered(beside: Resources.parse(given), like: offered.messages) == offered)
    }

    // MARK: Samples

    private static let sampleExecutor = StoredExecutor(
        key: ExecutorKey(framework: FrameworkID("f"), executor: ExecutorID("e")),
        kind: .default,
        info: .with { $0.executorID.value = "e" },
        container: ContainerID("c"),
        sandbox: "/work/s"
    )

    private static var sampleTask: (StoredTask, [Agora_V1_StatusUpdate]) {
        var task = StoredTask(
            key: TaskKey(framework: FrameworkID("f"), task: TaskID("t1")),
            info: .sample("t1", "true"),
            executor: sampleExecutor.key,
            container: ContainerID("c").child("d"),
            group: 3
        )
        task.kill = KillProgress(cause: .group, began: Timestamp(nanoseconds: 1), deadline: Timestamp(nanoseconds: 2))
        let updates = [Mesos_V1_TaskState.taskStarting, .taskRunning].map { state in
            Agora_V1_StatusUpdate.with { update in
                update.frameworkID.value = "f"
                update.status.taskID.value = "t1"
                update.status.state = state
            }
        }
        return (task, updates)
    }

    private func withStore(_ body: (() throws -> AgentStore) throws -> Void) async throws {
        try await withScratchDirectory { directory in
            try body { try AgentStore(path: directory.appending(path: "agent.db").path, logger: Logger(label: "test.store")) }
        }
    }
}
