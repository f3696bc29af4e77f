import Foundation
import TestSupport
import Testing

/// An agent that is killed while a container joins networks, is in them, or leaves them: the next one leaves nothing.
@Suite(.timeLimit(.minutes(3)), .enabled(if: geteuid() == 0))  // Containers need root.
struct NetworkKillTests {
    private func run(_ body: (Cluster, TestNetworks) async throws -> Void) async throws {
        try await TestNetworks.run { networks in
            let flags = [
                "--network-cni-config-dir", networks.folder, "--network-cni-plugins-dir", networks.pluginFolders.joined(separator: ":"),
            ]
            try await Cluster.run(agentFlags: flags) { cluster in
                try await body(cluster, networks)
                let isGone = try await eventually { try await networks.left().isEmpty }
                let left = try await networks.left()
                #expect(isGone, "\(left)")
                let pins = cluster.directory.appending(path: "work/run/namespaces").path
                #expect(await eventually { (try? FileManager.default.contentsOfDirectory(atPath: pins))?.isEmpty != false })
            }
        }
    }

    private func killAndStartAgain(_ cluster: Cluster, between: () async throws -> Void = {}) async throws {
        let agent = try #require(cluster.agents.last)
        agent.signal(SIGKILL)
        _ = await agent.exitStatus()
        try await between()
        try cluster.startAgent()
    }

    /// A plugin that calls `script` at one command, and says at the other that all is well.
    private func add(_ name: String, at command: String, _ script: String, to networks: TestNetworks) throws {
        try networks.add("\(name).conf", #"{"cniVersion":"1.0.0","name":"\#(name)","type":"\#(name)"}"#)
        try networks.addPlugin(name, "if [ $CNI_COMMAND = \(command) ]; then \(script); fi; echo '{\"cniVersion\":\"1.0.0\"}'")
    }

    private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    @Test func whileAPluginMakesAnInterface() async throws {
        try await run { cluster, networks in
            let mark = cluster.file("mark")
            try add("slow", at: "ADD", "touch \(mark.path); sleep 1000", to: networks)
            let run = try cluster.start(["run", "--network", "bridged", "--network", "slow", "--", "sleep", "1000"])
            #expect(await eventually { exists(mark) })
            #expect(try await networks.left().isEmpty == false)
            try await killAndStartAgain(cluster)
            await run.stop()
        }
    }

    @Test func whatAPluginHasStartedMakesNothingLater() async throws {
        try await run { cluster, networks in
            let (mark, gate, made) = (cluster.file("mark"), cluster.file("gate"), cluster.file("made"))
            // The plugin dies with the agent, but not what it has started.
            let script = "(touch \(mark.path); until [ -e \(gate.path) ]; do sleep 0.05; done; touch \(made.path)) & wait"
            try add("slow", at: "ADD", script, to: networks)
            let run = try cluster.start(["run", "--network", "slow", "--", "sleep", "1000"])
            #expect(await eventually { exists(mark) })
            #expect(!cluster.processes(running: "plugins/slow").isEmpty)
            try await killAndStartAgain(cluster)
            let folder = cluster.file("work/run/networks").path
            #expect(await eventually { (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty == true })
            #expect(cluster.processes(running: "plugins/slow").isEmpty)
            await run.stop()
        }
    }

    @Test func whileTheContainerRunsAndEndsBeforeTheNextAgent() async throws {
        try await run { cluster, networks in
            let task = try await cluster.detach("sleep 1234", flags: ["--network", "bridged", "-p", "\(try freePort()):80"])
            #expect(await eventually { await cluster.state(of: task) == "TASK_RUNNING" })
            #expect(try await networks.left().contains { $0.hasPrefix("-A") })
            let sleeper = try #require(cluster.processes(running: "sleep 1234").first)
            try await killAndStartAgain(cluster) {
                kill(sleeper, SIGKILL)
                #expect(await eventually { cluster.processes(running: "sleep 1234").isEmpty })
                let left = try await networks.left()
                #expect(!left.isEmpty)
            }
            #expect(await eventually { await cluster.state(of: task) == "TASK_FAILED" })
        }
    }

    @Test func whileAPluginTakesAnInterfaceAway() async throws {
        try await run { cluster, networks in
            let (mark, gate) = (cluster.file("mark"), cluster.file("gate"))
            try add("slow", at: "DEL", "touch \(mark.path); [ -e \(gate.path) ] || sleep 1000", to: networks)
            let task = try await cluster.detach("sleep 1000", flags: ["--network", "bridged", "--network", "slow"])
            #expect(await eventually { await cluster.state(of: task) == "TASK_RUNNING" })
            let end = try Program.agora(["kill", "--master", cluster.address, task])
            #expect(await eventually { exists(mark) })
            try await killAndStartAgain(cluster) { try Data().write(to: gate) }
            #expect(await eventually { await cluster.state(of: task) == "TASK_KILLED" })
            await end.stop()
        }
    }
}

extension Cluster {
    fileprivate func file(_ name: String) -> URL { directory.appending(path: name) }

    fileprivate func start(_ arguments: [String]) throws -> Program {
        try Program.agora([arguments[0], "--master", address] + arguments.dropFirst())
    }
}
