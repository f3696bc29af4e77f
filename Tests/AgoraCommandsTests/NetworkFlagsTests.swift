import ArgumentParser
import MesosMessages
import Testing

@testable import AgoraCommands

/// `--network`, `--publish`, and what pod files say of networks.
@Suite struct NetworkFlagsTests {
    private func launch(_ arguments: [String]) throws -> PodLaunch {
        let command = try #require(try RunCommand.parse(arguments) as RunCommand?)
        return try command.flags.launch(command: command.command, environment: [:]).joining(try command.network.networks)
    }

    private func words(_ arguments: [String]) -> String {
        do {
            _ = try RunCommand.parse(arguments)
            return "accepted"
        } catch {
            return RunCommand.message(for: error)
        }
    }

    @Test func aCommandJoinsNetworks() throws {
        let launch = try launch(["--network", "front", "--network", "back", "-p", "8080:80", "--publish", "53:5353/UDP", "--", "true"])
        let container = try #require(launch.tasks.first?.container)
        #expect(container.type == .mesos)
        #expect(container.networkInfos.map(\.name) == ["front", "back"])
        let ports = container.networkInfos[0].portMappings.map { "\($0.hostPort):\($0.containerPort)/\($0.protocol)" }
        #expect(ports == ["8080:80/tcp", "53:5353/udp"])
        #expect(container.networkInfos[1].portMappings.isEmpty)
    }

    @Test func withoutANetworkNothingIsAskedFor() throws {
        for arguments in [["--", "true"], ["--network", "host", "--", "true"]] {
            #expect(try launch(arguments).tasks.first?.hasContainer == false)
        }
    }

    @Test(arguments: [
        (["-p", "80:80"], "--publish: needs --network"),
        (["--network", "a", "-p", "80"], "must be written HOST:CONTAINER"),
        (["--network", "a", "-p", "0:80"], "must be written HOST:CONTAINER"),
        (["--network", "a", "-p", "80:65536"], "must be written HOST:CONTAINER"),
        (["--network", "a", "-p", "127.0.0.1:80:80"], "must be written HOST:CONTAINER"),
        (["--network", "a", "-p", "80:80/icmp"], "must be tcp, udp or sctp"),
        (["--network", "a", "--network", "a"], "there twice"),
        (["--network", "a", "--network", "host"], "\"host\" is the machine's own network"),
        (["--network", ""], "a name is empty"),
    ])
    func nonsenseIsRefused(flags: [String], says: String) {
        #expect(words(flags + ["--", "true"]).contains(says), "\(words(flags + ["--", "true"]))")
    }

    @Test func aPodSharesOneNetworkAndItsHostPortsLeadIn() throws {
        let text = manifest(container: "ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 81}]")
        let launch = try AgoraCommandsTests.launch(text, networks: PodNetworks(names: ["front"]))
        let infos = try #require(launch.executor?.container.networkInfos)
        #expect(infos.map(\.name) == ["front"])
        #expect(infos[0].portMappings.map(\.hostPort) == [8080])
        #expect(launch.tasks.allSatisfy { $0.container.networkInfos.isEmpty })
    }

    @Test(arguments: [
        ("hostNetwork: true", ["front"], "spec.hostNetwork: is true, and --network names another network"),
        ("hostNetwork: false", [], "spec.hostNetwork: is false: name the pod's network"),
        ("hostNetwork: false", ["front"], nil),
        ("hostNetwork: true", [], nil),
    ])
    func hostNetworkMeansWhatItSays(spec: String, names: [String], says: String?) {
        do {
            _ = try AgoraCommandsTests.launch(manifest(spec: spec), networks: PodNetworks(names: names))
            #expect(says == nil)
        } catch {
            #expect("\(error)".hasPrefix(says ?? "no error"), "\(error)")
        }
    }

    @Test func aGroupThatNamesNetworksItselfIsLeftAlone() {
        let text =
            #"{"executor":{"container":{"type":"MESOS","network_infos":[{"name":"own"}]}},"task_group":{"tasks":[{"command":{"value":"true"}}]}}"#
        #expect(
            refusal { try AgoraCommandsTests.launch(text, networks: PodNetworks(names: ["front"])) }.contains("the file names networks")
        )
    }
}
