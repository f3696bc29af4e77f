import AsyncHTTPClient
import Foundation

/// `make bench`: measures what this project promises, both sides of each comparison in one run, and prints a table.
/// `--json FILE` writes the figures for machines; other arguments name the groups to run (containers, crowd, images, launch,
/// operating, recovery, resources, responsiveness, scheduler, simulation). `--scale 0.01` makes the clusters of `operating` so much
/// smaller, to try it out.
@main
struct Benchmarks {
    static func main() async throws {
        var groups = Array(CommandLine.arguments.dropFirst())
        var json: String?
        if let flag = groups.firstIndex(of: "--json"), groups.indices.contains(flag + 1) {
            json = groups[flag + 1]
            groups.removeSubrange(flag...flag + 1)
        }
        var scale = 1.0
        if let flag = groups.firstIndex(of: "--scale"), groups.indices.contains(flag + 1), let part = Double(groups[flag + 1]) {
            scale = part
            groups.removeSubrange(flag...flag + 1)
        }
        let all: [(String, (inout Report) async throws -> Void)] = [
            ("resources", { benchmarkResources(into: &$0) }), ("simulation", { benchmarkSimulation(into: &$0) }),
            ("launch", launch), ("containers", containers), ("crowd", crowd), ("images", images), ("scheduler", scheduler),
            ("responsiveness", responsiveness), ("recovery", recovery),
            ("operating", { try await benchmarkOperating(scale: scale, into: &$0) }),
        ]
        var report = Report()
        for (name, run) in all where groups.isEmpty || groups.contains(name) { try await run(&report) }
        print(report.table)
        if let json { try report.json().write(to: URL(fileURLWithPath: json)) }
    }

    private static func launch(_ report: inout Report) async throws {
        try await withAgent { agent, _ in try benchmarkContainerLaunch(agentPort: agent.port, rounds: 200, into: &report) }
    }

    private static func containers(_ report: inout Report) async throws {
        try await withAgent { agent, pid in
            try await benchmarkMemory(agent, pid: pid, containers: 100, into: &report)
            try benchmarkDeepContainers(agentPort: agent.port, rounds: 50, into: &report)
            try await benchmarkNestedContainers(agent, count: 1_000, atOnce: 64, into: &report)
            try await benchmarkManyContainers(agent, count: 1_000, atOnce: 64, into: &report)
        }
    }

    private static func crowd(_ report: inout Report) async throws {
        try await withAgent { agent, pid in
            try await benchmarkCrowd(agent, pid: pid, count: 5_000, atOnce: 64, into: &report)
        }
    }

    private static func images(_ report: inout Report) async throws {
        try await withAgent { agent, _ in
            try await benchmarkImages(agent, rounds: 5, into: &report)
            try await benchmarkImageLaunch(agent, rounds: 200, into: &report)
        }
    }

    private static func withAgent(_ body: (OperatorClient, _ pid: Int32) async throws -> Void) async throws {
        let (masterPort, agentPort) = (try freePort(), try freePort())
        let master = try AgoraProcess(["master", "--port", "\(masterPort)", "--work-dir", "{work}/master"])
        defer { master.stop() }
        let process = try AgoraProcess([
            "agent", "--master", "127.0.0.1:\(masterPort)", "--port", "\(agentPort)", "--work-dir", "{work}/agent",
        ])
        defer { process.stop() }
        try await withClient { http in
            let agent = OperatorClient(http, port: agentPort)
            try await agent.waitUntilHealthy()
            try await body(agent, process.pid)
        }
    }

    private static func scheduler(_ report: inout Report) async throws {
        try await withSimulatedCluster(agents: 1_000) { port in
            try await benchmarkSchedulerPath(port: port, agents: 1_000, tasksPerAgent: 20, into: &report)
        }
    }

    private static func responsiveness(_ report: inout Report) async throws {
        try await withSimulatedCluster(agents: 1_000) { port in
            _ = try await runTasks(port: port, agents: 1_000, tasksPerAgent: 20)
            try await benchmarkDeclines(port: port, readers: 16, for: .seconds(10), into: &report)
        }
    }

    private static func withSimulatedCluster(agents: Int, _ body: (Int) async throws -> Void) async throws {
        let port = try freePort()
        let master = try AgoraProcess(["master", "--port", "\(port)", "--work-dir", "{work}/master"])
        defer { master.stop() }
        try await withClient { try await OperatorClient($0, port: port).waitUntilHealthy() }
        try await SimulatedAgents.run(port: port, count: agents) { _ in try await body(port) }
    }

    private static func recovery(_ report: inout Report) async throws {
        // Every agent is a connection of the master's, and one of this process's.
        let agents = min(20_000, DescriptorLimit.raise(to: 65_536) - 100)
        try await withClient { http in
            try await benchmarkRegistration(http, agents: agents, tasksPerAgent: 5, unknownTasks: 100_000, into: &report)
        }
    }

    static func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4_096
        let http = HTTPClient(configuration: configuration)
        do {
            try await body(http)
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }
}
