import Cluster
import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

/// Whom `agora top` asks, and what the answers come to.
@Suite struct TopMemoryTests {
    private func agents(_ count: Int, away: Set<Int> = []) -> [TopMemory.Agent] {
        (0..<count).map { number in
            .with {
                $0.agentInfo.hostname = "box-\(1000 + number)"
                $0.agentInfo.id.value = "S\(1000 + number)"
                $0.active = !away.contains(number)
                $0.totalResources = TaskNeeds(cpus: .init(thousandths: 8000), memory: .init(thousandths: 1_024_000), disk: .zero).resources
                $0.allocatedResources =
                    TaskNeeds(cpus: .init(thousandths: Int64(number) * 100), memory: .init(thousandths: 512_000), disk: .zero).resources
            }
        }
    }

    private func memory(_ agents: [TopMemory.Agent], _ turns: TopMemory.Turns = .all, limit: Int = 100) -> TopMemory {
        var memory = TopMemory(turns: turns, limit: limit)
        memory.update(agents: agents, names: TaskNames())
        return memory
    }

    private func names(_ agents: [TopMemory.Agent]) -> [String] { agents.map(\.agentInfo.id.value) }

    @Test func allAreAskedInTurns() {
        var memory = memory(agents(500), limit: 50)
        var asked: [String: Int] = [:]
        for _ in 0..<10 {
            let chosen = memory.choose()
            #expect(chosen.count == 50)
            for name in names(chosen) { asked[name, default: 0] += 1 }
        }
        #expect(asked.count == 500 && asked.values.allSatisfy { $0 == 1 })
        #expect(memory.cluster.hint == "50 of 500 machines are asked at a time; --agents-at-a-time changes that, --node picks some")
    }

    @Test func theBusiestComeFirstIfThereIsOneRound() {
        var memory = memory(agents(30), .busiest, limit: 3)
        #expect(names(memory.choose()) == ["S1029", "S1028", "S1027"])
        #expect(names(memory.choose()) == ["S1029", "S1028", "S1027"])
    }

    @Test func thoseThatAreAwayAreNotAsked() {
        var memory = memory(agents(3, away: [1]))
        #expect(names(memory.choose()) == ["S1000", "S1002"])
        #expect(memory.cluster.nodes.map(\.state) == ["active", "away", "active"] && memory.cluster.hint == nil)
    }

    @Test func thoseThatDoNotAnswerAreAskedLessAndLess() {
        var memory = memory(agents(1))
        var asked: [Int] = []
        for round in 1...70 where !memory.choose().isEmpty {
            asked.append(round)
            memory.take(nil, of: "S1000")
        }
        #expect(asked == [1, 3, 7, 15, 31, 47, 63])
        #expect(memory.cluster.nodes.first?.state == "no answer")
        for _ in 1...16 where !memory.choose().isEmpty { memory.take([], of: "S1000") }
        #expect(memory.cluster.nodes.first?.state == "active" && memory.choose().count == 1)
    }

    @Test func useIsWhatGrew() throws {
        var memory = memory(agents(1))
        func reading(_ time: Double, _ cpu: Double, _ received: UInt64, _ periods: UInt32) -> ContainerReading {
            var reading = ContainerReading(container: "c", frameworkID: "F", executorID: "web")
            (reading.time, reading.cpuSeconds, reading.memory, reading.received) = (time, cpu, 1 << 20, received)
            (reading.periods, reading.throttledPeriods) = (periods, periods / 4)
            return reading
        }
        memory.take([reading(100, 5, 1000, 100)], of: "S1000")
        let first = try #require(memory.cluster.containers.first)
        #expect(first.cpuPercent == nil && first.received == nil && first.throttledPercent == nil && first.memory == 1 << 20)
        memory.take([reading(102, 8, 5000, 140)], of: "S1000")
        let second = try #require(memory.cluster.containers.first)
        #expect(second.cpuPercent == 150 && second.received == 2000 && second.throttledPercent == 25)
        #expect(second.task == "web" && second.framework == "F" && second.node == "box-1000")
        let node = try #require(memory.cluster.nodes.first)
        #expect(node.cpusUsed == 1.5 && node.memoryUsed == 1 << 20 && node.containers == 1 && node.cpus == 8)
        // A counter that goes back, and a clock that stands still or goes back, tell nothing.
        memory.take([reading(104, 1, 0, 0)], of: "S1000")
        #expect(memory.cluster.containers.first?.cpuPercent == nil && memory.cluster.containers.first?.received == nil)
        memory.take([reading(104, 9, 9, 9)], of: "S1000")
        #expect(memory.cluster.containers.first?.cpuPercent == nil)
        memory.take([reading(50, 99, 9, 9)], of: "S1000")
        #expect(memory.cluster.containers.first?.cpuPercent == nil)
    }

    @Test func whatIsGoneIsForgotten() {
        var memory = memory(agents(2))
        memory.take([ContainerReading(container: "a")], of: "S1000")
        memory.take([ContainerReading(container: "b")], of: "S1001")
        memory.update(agents: [agents(2)[1]], names: TaskNames())
        #expect(memory.cluster.containers.map(\.container) == ["b"])
        memory.take(nil, of: "S1001")
        #expect(memory.cluster.containers.isEmpty)
    }

    @Test func namesComeFromTheMaster() {
        let task = Mesos_V1_Task.with {
            $0.taskID.value = "hello.ada"
            $0.agentID.value = "S1"
            $0.statuses = [.with { $0.containerStatus.containerID = Mesos_V1_ContainerID.with { $0.value = "pod" }.child("ada") }]
        }
        let framework = Mesos_V1_FrameworkInfo.with {
            $0.id.value = "F"
            $0.name = "agora run hello"
        }
        let names = TaskNames(tasks: [task], frameworks: [framework])
        #expect(names.task(of: ContainerReading(container: "pod.ada", parent: "pod"), on: "S1") == "hello.ada")
        #expect(names.task(of: ContainerReading(container: "pod.ada", parent: "pod"), on: "S2") == "ada")
        #expect(names.task(of: ContainerReading(container: "pod", executorID: "hello"), on: "S1") == "hello")
        #expect(names.task(of: ContainerReading(container: "alone"), on: "S1") == "alone")
        #expect(names.framework("F") == "agora run hello" && names.framework("G") == "G")
    }
}
