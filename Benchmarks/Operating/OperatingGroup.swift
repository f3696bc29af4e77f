import Foundation

/// What people and tools see of a large cluster: its state, its events, its page.
///
/// - Parameter scale: a part of the agents, tasks and watchers, to try it out; the figures are promised for 1.
func benchmarkOperating(scale: Double, into report: inout Report) async throws {
    func scaled(_ count: Int) -> Int { max(1, Int(Double(count) * scale)) }
    // Every agent and every watcher is a connection of the master's, and one of this process's.
    _ = DescriptorLimit.raise(to: 65_536)
    try await withMaster { port, _ in
        // One connection for each agent is what a process may have here.
        try await SimulatedAgents.run(port: port, count: scaled(10_000), callConnections: 64) { agents in
            _ = try await runTasks(port: port, agents: scaled(10_000), tasksPerAgent: 10)
            try await benchmarkState(port: port, agents: scaled(10_000), tasks: scaled(10_000) * 10, readers: 4, into: &report)
        }
    }
    try await withMaster { port, pid in
        try await benchmarkEvents(
            EventLoad(port: port, pid: pid, watchers: scaled(1_000), agents: scaled(100), tasksPerAgent: 20, rate: scaled(2_000)),
            into: &report
        )
    }
    try await withMaster { port, _ in
        try await benchmarkFirstLoad(port: port, rounds: 5, into: &report)
        try await benchmarkMap(port: port, agents: scaled(10_000), rate: scaled(2_000), into: &report)
    }
}

private func withMaster(_ body: (_ port: Int, _ pid: Int32) async throws -> Void) async throws {
    let port = try freePort()
    let master = try AgoraProcess(["master", "--port", "\(port)", "--work-dir", "{work}/master"])
    defer { master.stop() }
    try await Benchmarks.withClient { try await OperatorClient($0, port: port).waitUntilHealthy() }
    try await body(port, master.pid)
}
