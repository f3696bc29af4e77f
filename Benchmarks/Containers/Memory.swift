import Foundation
import MesosMessages

/// Memory of an idle agent, and what each running container adds: growth of the agent and the container's own init,
/// without the command it runs.
func benchmarkMemory(_ agent: OperatorClient, pid: Int32, containers: Int, into report: inout Report) async throws {
    let idle = try proportionalSetSize(of: pid)
    report.add("idle agent (PSS)", idle / 1024, "MiB", atMost: 40)
    let names = (0..<containers).map { "memory-\($0)" }
    try await forEach(names, atOnce: 16) { try await agent.launch(containerID($0), sleeper) }
    let inits = try children(of: pid)
    let growth = try proportionalSetSize(of: pid) - idle
    let held = try inits.reduce(0) { try $0 + proportionalSetSize(of: $1) }
    report.add("memory per running container", (growth + held) / Double(containers), "KiB", atMost: 300)
    try await forEach(names, atOnce: 16) {
        try await agent.kill(containerID($0))
        try await agent.wait(containerID($0))
        try await agent.remove(containerID($0))
    }
}

/// The processes that a process is the parent of.
func children(of pid: Int32) throws -> [Int32] {
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")
    return try tasks.flatMap { task in
        try String(contentsOfFile: "/proc/\(pid)/task/\(task)/children", encoding: .utf8).split(separator: " ").compactMap { Int32($0) }
    }
}
