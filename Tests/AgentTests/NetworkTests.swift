import Agent
import Foundation
import MesosMessages
import Networks
import SwiftProtobuf
import TestSupport
import Testing

/// Tasks and operators' containers in networks of their own, seen from where frameworks and operators stand.
@Suite(.serialized) struct NetworkTests {
    private func run(_ body: @Sendable (AgentFixture, TestNetworks) async throws -> Void) async throws {
        try await TestNetworks.run { networks in
            try await AgentFixture.run(networks.configure) { agent in try await body(agent, networks) }
            #expect(try await networks.left() == [])
        }
    }

    private func bridged(_ change: (inout Mesos_V1_NetworkInfo) -> Void = { _ in }) -> Mesos_V1_NetworkInfo {
        .with {
            $0.name = "bridged"
            $0.labels.labels = [.with { ($0.key, $0.value) = ("tier", "front") }]
            change(&$0)
        }
    }

    private func addresses(_ agent: AgentFixture, _ task: String) -> [String] {
        agent.master.last(task)?.containerStatus.networkInfos.flatMap(\.ipAddresses).map(\.ipAddress) ?? []
    }

    @Test func aTaskIsToldWithItsAddresses() async throws {
        try await run { agent, networks in
            agent.launch([
                .sample("web", "echo $MESOS_CONTAINER_IP; exec sleep 1000") { task in
                    task.container.type = .mesos
                    task.container.networkInfos = [bridged()]
                }
            ])
            #expect(await agent.reaches("web", .taskRunning), "\(agent.master.last("web")?.message ?? "")")
            let info = try #require(agent.master.last("web")?.containerStatus.networkInfos.first)
            #expect(info.name == "bridged" && info.labels.labels.first?.value == "front")
            #expect(info.ipAddresses.map(\.ipAddress) == ["\(networks.prefix).2", "\(networks.prefix6):2"])
            #expect(info.ipAddresses.map(\.protocol) == [.ipv4, .ipv6])
            #expect(await eventually { agent.output("\(agent.sandbox("web"))/stdout") == "\(networks.prefix).2\n" })
            let containers = try await agent.post(#"{"type":"GET_CONTAINERS","get_containers":{}}"#).1
            #expect(containers.contains("\(networks.prefix).2") && containers.contains("\"net_rx_bytes\":"), "\(containers)")
            let list = try await agent.get("/containers").1
            #expect(list.contains("\"name\":\"bridged\"") && list.contains("\"net_tx_packets\":"), "\(list)")
            agent.killTask("web")
            #expect(await agent.reaches("web", .taskKilled))
            #expect(addresses(agent, "web").first == "\(networks.prefix).2")
        }
    }

    @Test func tasksOfAGroupShareTheirExecutorsNetworkOrHaveTheirOwn() async throws {
        try await run { agent, networks in
            agent.master.send(.launch) { event in
                event.launch.framework = .sample
                event.launch.executor.executorID.value = "pod"
                event.launch.executor.type = .default
                event.launch.executor.container.type = .mesos
                event.launch.executor.container.networkInfos = [bridged()]
                event.launch.executor.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
                event.launch.tasks = [
                    .sample("joins", "sleep 1000"),
                    .sample("own", "sleep 1000") { task in
                        task.container.type = .mesos
                        task.container.networkInfos = [bridged()]
                    },
                ]
                event.launch.isGroup = true
            }
            #expect(await agent.reaches("joins", .taskRunning), "\(agent.master.last("joins")?.message ?? "")")
            #expect(await agent.reaches("own", .taskRunning))
            #expect(addresses(agent, "joins").first == "\(networks.prefix).2")
            #expect(addresses(agent, "own").first == "\(networks.prefix).3")
        }
    }

    @Test(arguments: [
        (#"{"name":"nowhere"}"#, "there is no network \"nowhere\""),
        (#"{"name":"bridged","ip_addresses":[{"ip_address":"10.0.0.1"}]}"#, "10.0.0.1"),
    ])
    func whatTheNetworkCannotGiveFailsTheLaunch(info: String, says: String) async throws {
        try await run { agent, networks in
            let launch = try await agent.launch(["top"], "true", more: #","container":{"type":"MESOS","network_infos":[\#(info)]}"#)
            #expect(launch.0 == 400 && launch.1.contains(says), "\(launch)")
            #expect(launch.1.contains("nowhere") == false || launch.1.contains("there are: \"bridged\""))
        }
    }

    @Test func operatorsContainersNest() async throws {
        try await run { agent, networks in
            let container = #","container":{"type":"MESOS","network_infos":[{"name":"bridged"}]}"#
            #expect(try await agent.launch(["top"], "sleep 1000", more: container).0 == 200)
            #expect(try await agent.launch(["top", "in"], "test $(hostname) = top && exec sleep 1000").0 == 200)
            let all = try await agent.post(#"{"type":"GET_CONTAINERS","get_containers":{"show_nested":true,"show_standalone":true}}"#).1
            #expect(all.components(separatedBy: "\(networks.prefix).2\"").count == 3, "\(all)")
            #expect(try await agent.kill(["top"]) == 200)
            _ = try await agent.wait(["top"])
        }
    }

    @Test(arguments: ["http", "tcp"]) func probesAreMadeWhereTheTaskIs(kind: String) async throws {
        try await run { agent, networks in
            let port = UInt32(try freePort())
            let server = "mkdir www; echo hello > www/index.html; exec python3 -m http.server \(port) --bind 127.0.0.1 --directory www"
            agent.launch([
                .sample("web", server) { task in
                    task.container.type = .mesos
                    task.container.networkInfos = [bridged()]
                    task.healthCheck.gracePeriodSeconds = 1000
                    task.healthCheck.intervalSeconds = 0.2
                    task.healthCheck.delaySeconds = 0
                    if kind == "http" {
                        task.healthCheck.type = .http
                        task.healthCheck.http.port = port
                    } else {
                        task.healthCheck.type = .tcp
                        task.healthCheck.tcp.port = port
                    }
                }
            ])
            let isHealthy = await eventually(within: AgentFixture.patience) { agent.master.last("web")?.healthy == true }
            #expect(isHealthy, "\(agent.master.last("web")?.message ?? "")")
            // The same port of the machine is another one.
            let outside = try await Program.run("curl", ["-sS", "-m", "2", "http://127.0.0.1:\(port)/"])
            #expect(outside.status != 0, "\(outside.output)")
        }
    }

    @Test func networksOutliveTheAgent() async throws {
        try await TestNetworks.run { networks in
            try await withScratchDirectory { directory in
                let master = try await FakeMaster.start()
                let info = bridged()
                try await AgentFixture.runAgent(master, directory.path, destroys: false, networks.configure) { agent in
                    agent.launch([
                        .sample("web", "sleep 1000") { task in
                            task.container.type = .mesos
                            task.container.networkInfos = [info]
                        }
                    ])
                    #expect(await agent.reaches("web", .taskRunning))
                }
                try await AgentFixture.runAgent(master, directory.path, destroys: true, networks.configure) { agent in
                    agent.killTask("web", graceSeconds: 0)
                    #expect(await agent.reaches("web", .taskKilled))
                    #expect(addresses(agent, "web").first == "\(networks.prefix).2")
                }
                #expect(try await networks.left() == [])
                await master.stop()
            }
        }
    }

    @Test func aNetworkThatIsGoneIsShownAfterARestart() async throws {
        try await TestNetworks.run { networks in
            try await withScratchDirectory { directory in
                let master = try await FakeMaster.start()
                let info = bridged()
                try await AgentFixture.runAgent(master, directory.path, destroys: false, networks.configure) { agent in
                    agent.launch(
                        ["ip link delete eth0; touch gone; exec sleep 1000", "touch gone; exec sleep 1000"].enumerated().map {
                            index,
                            line in
                            .sample("web\(index)", line) { task in
                                task.container.type = .mesos
                                task.container.networkInfos = [info]
                            }
                        }
                    )
                    for task in ["web0", "web1"] {
                        let hasBegun = await eventually { FileManager.default.fileExists(atPath: "\(agent.sandbox(task))/gone") }
                        #expect(hasBegun)
                    }
                    let list = try await agent.get("/containers").1
                    #expect(!list.contains("network_failure"))
                }
                try await AgentFixture.runAgent(master, directory.path, destroys: true, networks.configure) { agent in
                    #expect(try await eventually { try await agent.get("/containers").1.contains("\"network_failure\":\"the network") })
                    let list = try await agent.get("/containers").1
                    #expect(list.split(separator: "network_failure").count == 2 && list.contains("web1"), "\(list)")
                    for task in ["web0", "web1"] {
                        agent.killTask(task, graceSeconds: 0)
                        #expect(await agent.reaches(task, .taskKilled))
                    }
                }
                #expect(try await networks.left() == [])
                await master.stop()
            }
        }
    }
}

extension TestNetworks {
    /// Lets an agent know of them.
    fileprivate func configure(_ configuration: inout AgentConfiguration) {
        configuration.networks.configurationDirectory = folder
        configuration.networks.pluginDirectories = pluginFolders
    }
}
