import Agent
import Foundation
import MesosMessages
import SwiftProtobuf
import TestSupport
import Testing

/// Checks and health checks of real tasks.
@Suite(.serialized) struct ProbeTests {
    // MARK: Commands

    @Test func aCommandLivesInTheContainerOfTheTask() async throws {
        try await AgentFixture.run { agent in
            let command = "echo $$ > pid; sleep 1000"
            // The number is the task's own, in its pid namespace; the variable and the folder are the task's too.
            let probe = "kill -0 $(cat pid) && test $$ -lt 1000 && test \"$WORD\" = task && test \"$MESOS_TASK_ID\" = t1 && echo printed"
            agent.launch([
                .sample("t1", command) { task in
                    task.command.environment.variables = [.with { ($0.name, $0.value) = ("WORD", "task") }]
                    task.healthCheck = .command(probe)
                }
            ])
            #expect(await eventually(within: AgentFixture.patience) { agent.master.last("t1")?.hasHealthy == true })
            #expect(agent.master.last("t1")?.healthy == true, "\(agent.master.last("t1")?.message ?? "")")
            #expect(agent.master.last("t1")?.reason == .taskHealthCheckStatusUpdated)
            #expect(try await agent.get("/state").1.contains(#""healthy":true"#))
            // It prints into nothing and leaves nothing.
            let names = try FileManager.default.contentsOfDirectory(atPath: agent.sandbox("t1") + "/")
            #expect(Set(names) == ["pid", "stdout", "stderr"])
            #expect(agent.output("\(agent.sandbox("t1"))/stdout").isEmpty)
            agent.killTask("t1")
            #expect(await agent.reaches("t1", .taskKilled))
            #expect(agent.master.last("t1")?.hasHealthy == false)
        }
    }

    @Test(arguments: [false, true]) func anUnhealthyTaskIsKilledWithItsGroup(isGroup: Bool) async throws {
        try await AgentFixture.run { agent in
            let task = Mesos_V1_TaskInfo.sample("t1", "sleep 1000") { $0.healthCheck = .command("exit 7", failures: 2) }
            if isGroup { agent.launchGroup([task, .sample("t2", "sleep 1000")]) } else { agent.launch([task]) }
            #expect(await agent.reaches("t1", .taskKilled))
            let updates = agent.statuses("t1")
            #expect(updates.map(\.state) == [.taskStarting, .taskRunning, .taskRunning, .taskRunning, .taskKilling, .taskKilled])
            #expect(updates[3].message.contains("2 in a row: its command exited with status 7"))
            #expect(updates.last?.hasHealthy == true && updates.last?.healthy == false)
            if isGroup { #expect(await agent.reaches("t2", .taskKilled)) }
        }
    }

    @Test func healthComesAndGoes() async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("t1", "sleep 1000") { $0.healthCheck = .command("test -e ok", failures: 1000) }])
            #expect(await agent.reaches("t1", .taskRunning))
            let file = "\(agent.sandbox("t1"))/ok"
            for isHealthy in [false, true, false, true] {
                if isHealthy { try Data().write(to: URL(fileURLWithPath: file)) } else { unlink(file) }
                let isTold = await eventually(within: AgentFixture.patience) {
                    let last = agent.master.last("t1")
                    return last?.hasHealthy == true && last?.healthy == isHealthy
                }
                #expect(isTold)
            }
        }
    }

    @Test func aProbeThatHangsEndsWithAllItStarted() async throws {
        try await AgentFixture.run { agent in
            let marker = "agora-probe-test-\(UUID().uuidString)"
            let probe = "export MARKER=\(marker); (setsid sleep 999 & sleep 999) & sleep 999"
            agent.launch([
                .sample("t1", "sleep 1000") { task in
                    task.healthCheck = .command(probe, failures: 1000)
                    task.healthCheck.timeoutSeconds = 0.3
                }
            ])
            #expect(await eventually(within: AgentFixture.patience) { agent.statuses("t1").filter { $0.hasHealthy }.count >= 2 })
            #expect(agent.master.last("t1")?.message.contains("took longer than 0.3 seconds") == true)
            agent.killTask("t1")
            #expect(await agent.reaches("t1", .taskKilled))
            #expect(await eventually { Self.processes(marker).isEmpty })
        }
    }

    @Test func manyProbesLeaveNothing() async throws {
        try await AgentFixture.run { agent in
            agent.launch([
                .sample("t1", "sleep 1000") { task in
                    task.healthCheck = .command(
                        "sleep 0.001 & if rm flip 2>/dev/null; then exit 1; else touch flip; fi",
                        failures: 1_000_000
                    )
                    task.healthCheck.intervalSeconds = 0
                    task.check.type = .tcp
                    task.check.tcp.port = 1
                    (task.check.delaySeconds, task.check.intervalSeconds) = (0, 0)
                }
            ])
            // Each failure of the health check, and each return to health, is a probe at least.
            #expect(await eventually(within: .seconds(60)) { agent.statuses("t1").count >= 20 })
            let probes = agent.names(below: "run").filter { $0.hasSuffix("/record") && $0.contains("agora-probe-") }
            #expect(probes.count <= 2, "at most the one that runs and the one that is taken away")
            agent.killTask("t1")
            #expect(await agent.reaches("t1", .taskKilled))
            #expect(await eventually { !agent.names(below: "run").contains { $0.contains("agora-probe-") } })
        }
    }

    // MARK: Network

    @Test func probesAServerByHTTP() async throws {
        try await AgentFixture.run { agent in
            let port = try freePort()
            let server = "mkdir -p d; echo > d/live; exec python3 -m http.server \(port) --bind 127.0.0.1"
            agent.launch([
                .sample("t1", server) { task in
                    // Without a slash at its end Python redirects to the folder.
                    task.healthCheck = .http(port, "/d", failures: 1000)
                    task.check.type = .http
                    task.check.http.port = UInt32(port)
                    task.check.http.path = "/d/live"
                    (task.check.delaySeconds, task.check.intervalSeconds) = (0, 0.2)
                }
            ])
            #expect(await eventually(within: AgentFixture.patience) { agent.master.last("t1")?.healthy == true })
            #expect(await eventually(within: AgentFixture.patience) { agent.master.last("t1")?.checkStatus.http.statusCode == 200 })
            #expect(agent.statuses("t1").first?.checkStatus.type == .http)
            unlink("\(agent.sandbox("t1"))/d/live")
            #expect(await eventually(within: AgentFixture.patience) { agent.master.last("t1")?.checkStatus.http.statusCode == 404 })
            #expect(agent.master.last("t1")?.healthy == true)
        }
    }

    @Test func looksAtNoCertificate() async throws {
        try await AgentFixture.run { agent in
            let port = try freePort()
            let server = """
                openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out certificate -days 1 -subj /CN=somebody.else 2>/dev/null
                exec python3 -c "import http.server as h, ssl
                s = h.HTTPServer(('127.0.0.1', \(port)), h.SimpleHTTPRequestHandler)
                c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain('certificate', 'key')
                s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()"
                """
            agent.launch([
                .sample("t1", server) { task in
                    task.healthCheck = .http(port, "/", failures: 1000)
                    task.healthCheck.http.scheme = "https"
                }
            ])
            #expect(await eventually(within: AgentFixture.patience) { agent.master.last("t1")?.healthy == true })
        }
    }

    @Test(arguments: [false, true]) func probesAPortByTCP(isIPv6: Bool) async throws {
        try await AgentFixture.run { agent in
            let port = try freePort()
            let server = "exec python3 -m http.server \(port) --bind \(isIPv6 ? "::1" : "127.0.0.1")"
            agent.launch([
                .sample("t1", server) { task in
                    task.healthCheck = .http(port, "", failures: 1000)
                    task.healthCheck.clearHTTP()
                    task.healthCheck.type = .tcp
                    task.healthCheck.tcp.port = UInt32(port)
                    task.healthCheck.tcp.protocol = isIPv6 ? .ipv6 : .ipv4
                }
            ])
            #expect(await eventually(within: AgentFixture.patience) { agent.master.last("t1")?.healthy == true })
        }
    }

    @Test func aServerThatNeverAnswersIsUnhealthy() async throws {
        try await AgentFixture.run { agent in
            let port = try freePort()
            let listen = "import socket,time; s=socket.create_server(('127.0.0.1',\(port))); c=[s.accept() for _ in range(99)]"
            agent.launch([
                .sample("t1", "exec python3 -c \"\(listen)\"") { task in
                    task.healthCheck = .http(port, "/", failures: 1000)
                    task.healthCheck.timeoutSeconds = 0.3
                }
            ])
            let isTold = await eventually(within: AgentFixture.patience) {
                agent.master.last("t1")?.message.contains("took longer than 0.3 seconds") == true
            }
            #expect(isTold && agent.master.last("t1")?.healthy == false)
        }
    }

    // MARK: Restart

    @Test func checksGoOnAfterARestart() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                agent.launch([.sample("t1", "sleep 1000") { $0.healthCheck = .command("test ! -e bad", failures: 2) }])
                #expect(await eventually(within: AgentFixture.patience) { master.last("t1")?.healthy == true })
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                try Data().write(to: URL(fileURLWithPath: "\(agent.sandbox("t1"))/bad"))
                #expect(await agent.reaches("t1", .taskKilled))
                #expect(master.last("t1")?.healthy == false && master.last("t1")?.hasHealthy == true)
            }
            await master.stop()
        }
    }

    // MARK: What is there

    /// Processes with a text in their environment.
    private static func processes(_ marker: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
        return numbers.filter { FileManager.default.contents(atPath: "/proc/\($0)/environ")?.range(of: Data(marker.utf8)) != nil }
    }
}

extension AgentFixture {
    /// Every path below a folder of the work directory.
    func names(below folder: String) -> [String] {
        FileManager.default.enumerator(atPath: "\(workDirectory)/\(folder)")?.compactMap { $0 as? String } ?? []
    }

    /// What was told of a task, repeats left out.
    func statuses(_ task: String) -> [Mesos_V1_TaskStatus] {
        var known: Set<[UInt8]> = []
        return master.updates.map(\.status).filter { $0.taskID.value == task && known.insert([UInt8]($0.uuid)).inserted }
    }
}

extension Mesos_V1_HealthCheck {
    /// A command for the shell, soon and often.
    static func command(_ line: String, failures: UInt32 = 3) -> Self {
        quick(failures) { check in
            check.type = .command
            check.command.value = line
        }
    }

    static func http(_ port: Int, _ path: String, failures: UInt32) -> Self {
        quick(failures) { check in
            check.type = .http
            check.http.port = UInt32(port)
            if !path.isEmpty { check.http.path = path }
        }
    }

    private static func quick(_ failures: UInt32, _ fill: (inout Self) -> Void) -> Self {
        .with { check in
            (check.delaySeconds, check.intervalSeconds, check.timeoutSeconds, check.gracePeriodSeconds) = (0, 0.2, 10, 0)
            check.consecutiveFailures = failures
            fill(&check)
        }
    }
}
