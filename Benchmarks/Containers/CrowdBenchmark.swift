import Foundation
import MesosMessages

/// Very many containers that run at the same time, each with a cgroup of its own, and what they take.
func benchmarkCrowd(_ agent: OperatorClient, pid: Int32, count: Int, atOnce: Int, into report: inout Report) async throws {
    let idle = try proportionalSetSize(of: pid)
    let free = try availableMemory()
    let names = (0..<count).map { "crowd-\($0)" }
    let launched = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.launch(containerID($0), sleeper) }
    }
    let running = try await agent.containers().filter { kill(pid_t($0.containerStatus.executorPid), 0) == 0 }.count
    report.add("containers that run at the same time", Double(running), "", atLeast: Double(count))
    report.add("the \(count) launched, \(atOnce) at a time", Double(count) / launched.seconds, "per second")
    report.add("what the agent has open for each", try Double(openDescriptors(of: pid)) / Double(count), "descriptors")
    report.add("threads of the agent", try Double(threads(of: pid)), "")
    let growth = try proportionalSetSize(of: pid) - idle
    let held = try children(of: pid).reduce(0) { try $0 + proportionalSetSize(of: $1) }
    report.add("memory per container above its command", (growth + held) / Double(count), "KiB", atMost: 300)
    report.add("memory of the machine per container, kernel and command included", (free - (try availableMemory())) / Double(count), "KiB")
    let destroyed = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.end(containerID($0)) }
    }
    report.add("the \(count) killed and waited for", Double(count) / destroyed.seconds, "per second")
    try await forEach(names, atOnce: atOnce) { try await agent.remove(containerID($0)) }
    let left = try children(of: pid).count
    let shown = try await agent.containers().count
    report.add("containers and processes left of them", Double(left + shown), "", atMost: 0)
}

private func openDescriptors(of pid: Int32) throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count }

private func threads(of pid: Int32) throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count }

/// In KiB; see proc(5), meminfo.
private func availableMemory() throws -> Double {
    let line = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8).split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Double($0) } ?? 0
}
