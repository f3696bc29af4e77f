import AgentCore
import Cluster
import HashTreeCollections
import MesosMessages
import SwiftProtobuf
import Testing

/// Checks and health checks, by plain calls: when probes go out, what is told, and when a task is given up.
@Suite struct CheckTests {
    // MARK: When

    @Test func waitsForDelayThenIntervalWithOneProbeAtATime() throws {
        var agent = running { $0.healthCheck = .http(delay: 7, interval: 5) }
        agent.run(for: .seconds(6.999))
        #expect(agent.probes.isEmpty)
        agent.run(for: .seconds(1))
        let first = try agent.nextProbe()
        #expect(first.method == .http(HTTPProbe(isSecure: false, port: 80, path: "/live", isIPv6: false)))
        #expect(first.timeout == .seconds(20) && first.container == agent.container("t1"))
        agent.run(for: .seconds(100))
        #expect(agent.probes.isEmpty, "the first has not answered")
        agent.handle(.probed(first.id, .answered(status: 200)))
        agent.run(for: .seconds(4.9))
        #expect(agent.probes.isEmpty)
        agent.run(for: .seconds(0.1))
        #expect(agent.probes.count == 1)
    }

    @Test func usesTheDefaultsOfMesos() throws {
        var agent = running { task in
            task.healthCheck.type = .tcp
            task.healthCheck.tcp.port = 80
        }
        agent.run(for: .seconds(14.9))
        #expect(agent.probes.isEmpty)
        agent.run(for: .seconds(0.1))
        let probe = try agent.nextProbe()
        #expect(probe.method == .tcp(port: 80, isIPv6: false) && probe.timeout == .seconds(20))
        agent.handle(.probed(probe.id, .connected(false)))
        #expect(agent.last("t1")?.healthy == false, "15 s are beyond the grace of 10 s")
        for count in 2...3 {
            #expect(agent.signals.isEmpty, "\(count - 1) failures of 3")
            agent.run(for: .seconds(9.9))
            #expect(agent.probes.isEmpty)
            agent.run(for: .seconds(0.1))
            agent.answer(.connected(false))
        }
        #expect(agent.signals == [agent.container("t1")])
    }

    @Test(arguments: [(0.0, nil), (0.5, 0.5), (1e300, 315_360_000.0)] as [(Double, Double?)])
    func understandsTimeouts(seconds: Double, expected: Double?) throws {
        var agent = running { $0.healthCheck = .http(delay: 0, timeout: seconds) }
        agent.run(for: .zero)
        #expect(try agent.nextProbe().timeout == expected.map { .seconds($0) })
    }

    @Test func neverProbesWithoutPause() throws {
        var agent = running { $0.healthCheck = .http(delay: 0, interval: 0) }
        agent.run(for: .zero)
        agent.answer(.answered(status: 200))
        agent.run(for: .milliseconds(99))
        #expect(agent.probes.isEmpty)
        agent.run(for: .milliseconds(1))
        #expect(agent.probes.count == 1)
    }

    // MARK: Health

    @Test func tellsEachFailureAndEachReturnToHealth() {
        var agent = running { $0.healthCheck = .http(failures: 3, grace: 0) }
        let found: [Int] = [200, 200, 500, 404, 399, 200, 400, 200]
        for status in found {
            agent.run(for: .seconds(10))
            agent.answer(.answered(status: status))
        }
        let told = agent.updates("t1").filter { $0.reason == .taskHealthCheckStatusUpdated }
        #expect(told.map(\.healthy) == [true, false, false, true, false, true])
        #expect(told.allSatisfy { $0.state == .taskRunning && $0.source == .executor })
        #expect(told.dropFirst().first?.message == "Health check failed, 1 in a row: its server answered with status 500")
        #expect(agent.signals.isEmpty)
    }

    @Test func failuresInTheGraceDoNotCountBeforeTheFirstSuccess() {
        var agent = running { $0.healthCheck = .http(interval: 1, failures: 2, grace: 30) }
        for _ in 0..<20 {
            agent.run(for: .seconds(1))
            agent.answer(.failed("nothing there"))
        }
        #expect(agent.updates("t1").allSatisfy { !$0.hasHealthy })
        agent.run(for: .seconds(1))
        agent.answer(.answered(status: 200))
        for _ in 0..<2 {
            agent.run(for: .seconds(1))
            agent.answer(.failed("gone"))
        }
        #expect(agent.signals == [agent.container("t1")], "the first success ends the grace")
    }

    @Test(arguments: [ProbeResult.exited(waitStatus: 256), .exited(waitStatus: 9), .answered(status: 199), .connected(false), .failed("x")])
    func aTaskThatStaysUnhealthyIsKilled(result: ProbeResult) {
        var agent = running { task in
            task.healthCheck = .http(failures: 2, grace: 0)
            task.killPolicy.gracePeriod.nanoseconds = 5_000_000_000
        }
        for _ in 0..<2 {
            agent.run(for: .seconds(10))
            agent.answer(result)
        }
        #expect(agent.signals == [agent.container("t1")])
        agent.run(for: .seconds(60))
        #expect(agent.probes.isEmpty, "nobody looks at a task that is being killed")
        #expect(agent.destroyed.first == agent.container("t1"), "the task's own grace is over")
        agent.ended(agent.container("t1"), 9)
        agent.acknowledgeAll()
        #expect(agent.states("t1").suffix(4) == [.taskRunning, .taskRunning, .taskKilling, .taskKilled])
        let end = agent.last("t1")
        #expect(end?.hasHealthy == true && end?.healthy == false)
        #expect(end?.message.contains("health check") == true)
    }

    @Test func theWholeGroupGoes() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("t1") { $0.healthCheck = .http(delay: 1, failures: 1, grace: 0) }, .sample("t2")])
        agent.run(for: .seconds(10))
        agent.answer(.connected(false))
        #expect(Set(agent.signals) == [agent.container("t1"), agent.container("t2")])
        agent.ended(agent.container("t1"), 15)
        agent.ended(agent.container("t2"), 15)
        agent.acknowledgeAll()
        #expect(agent.last("t1")?.healthy == false && agent.last("t1")?.state == .taskKilled)
        #expect(agent.last("t2")?.hasHealthy == false && agent.last("t2")?.state == .taskKilled)
    }

    // MARK: Checks

    @Test func tellsAStatusWhenItChanges() {
        var agent = running { task in
            task.check.type = .command
            task.check.command.command.value = "true"
        }
        #expect(agent.updates("t1").allSatisfy { $0.checkStatus.type == .command && !$0.checkStatus.command.hasExitCode })
        #expect(agent.updates("t1").allSatisfy { $0.checkStatus.hasCommand })
        for result in [0, 0, 3 << 8, 3 << 8, 0].map({ ProbeResult.exited(waitStatus: $0) }) + [.failed("slow"), .exited(waitStatus: 9)] {
            agent.run(for: .seconds(15))
            agent.answer(result)
        }
        let told = agent.updates("t1").filter { $0.reason == .taskCheckStatusUpdated }.map(\.checkStatus.command)
        #expect(told.map { $0.hasExitCode ? $0.exitCode : -1 } == [0, 3, 0, -1])
        agent.ended(agent.container("t1"), 0)
        let last = agent.updates("t1").last?.checkStatus
        #expect(last?.hasCommand == true && last?.command.hasExitCode == false)
    }

    @Test func bothGoTheirWays() {
        var agent = running { task in
            task.healthCheck = .http(delay: 1)
            task.check.type = .http
            task.check.http.port = 81
            task.check.delaySeconds = 1
        }
        agent.run(for: .seconds(1))
        #expect(Set(agent.probes.map(\.id.kind)) == [.health, .status])
        agent.answer(.answered(status: 204))
        agent.answer(.answered(status: 500))
        let last = agent.updates("t1").last
        #expect(last?.hasHealthy == true && last?.checkStatus.http.statusCode != 0, "each update carries what the other found")
    }

    // MARK: Probes by command

    @Test func aCommandRunsAsTheTaskDoesInItsContainer() throws {
        var agent = running { task in
            task.command.user = "app"
            task.command.environment.variables = [.with { ($0.name, $0.value) = ("A", "task") }]
            task.command.uris = [.with { $0.value = "/etc/hostname" }]
            task.labels.labels = [.with { ($0.key, $0.value) = ("agora.working_directory", "/srv") }]
            task.healthCheck.type = .command
            task.healthCheck.command.value = "test -e ok"
            task.healthCheck.command.user = "ignored"
            task.healthCheck.command.environment.variables = [.with { ($0.name, $0.value) = ("B", "probe") }]
        }
        agent.run(for: .seconds(15))
        guard case .command(let launch) = try agent.nextProbe().method else {
            Issue.record("no command")
            return
        }
        #expect(launch.id.parent == agent.container("t1") && Probe.owns(launch.id))
        #expect(launch.user.requested == "app" && launch.workingDirectory == "/srv")
        #expect(launch.command?.environment.variables.map(\.name) == ["A", "B"])
        #expect(launch.sharesCgroup && launch.sharesPIDNamespace && launch.uris.isEmpty && launch.limits == ContainerLimits())
    }

    // MARK: Ends, restarts, bounds

    @Test func aKillStopsAProbeThatIsUnderWay() throws {
        var agent = running { $0.healthCheck = .http(delay: 0) }
        agent.run(for: .zero)
        let probe = try agent.nextProbe()
        agent.kill("t1")
        #expect(agent.stoppedProbes == [probe.id])
        let told = agent.updates("t1").count
        agent.handle(.probed(probe.id, .answered(status: 200)))
        agent.run(for: .seconds(60))
        #expect(agent.updates("t1").count == told && agent.probes.isEmpty)
    }

    @Test func checksGoOnAfterARestartOfTheAgent() throws {
        var agent = running { $0.healthCheck = .http(failures: 3, grace: 0) }
        for status in [200, 500, 500] {
            agent.run(for: .seconds(10))
            agent.answer(.answered(status: status))
        }
        var next = CoreHarness(seed: 2)
        next.now = agent.now
        next.disk = agent.disk
        var effects: [AgentEffect] = []
        next.core.recover(
            agent.disk,
            found: [FoundContainer(id: agent.container("t1"), state: .running(pid: 7), isStandalone: false)],
            at: next.now,
            effects: &effects
        )
        next.handle(.start)
        next.subscribe()
        next.run(for: .seconds(10))
        next.answer(.answered(status: 500))
        #expect(next.signals == [agent.container("t1")], "two failures before the restart, one after it")
    }

    @Test func keepsNoMoreUpdatesThanItNeeds() {
        var agent = running { $0.healthCheck = .http(interval: 1, failures: 2, grace: 0) }
        for round in 0..<300 {
            agent.run(for: .seconds(1))
            agent.answer(.answered(status: round.isMultiple(of: 2) ? 200 : 500))
            agent.acknowledgeAll()
        }
        #expect(agent.updates("t1").count > 250)
        let stored = agent.disk.tasks.first
        #expect((stored?.updates.count ?? 0) <= AgentLimits.keptUpdates + 1)
        #expect(stored?.acknowledged == stored?.updates.count)
        #expect(agent.core.tasks.values.first?.message.statuses.map(\.state) == [.taskRunning])
    }

    @Test func tellsNoMoreToAFrameworkThatDoesNotListen() {
        var agent = running { $0.healthCheck = .http(interval: 1, failures: 2, grace: 0) }
        for round in 0..<1000 {
            agent.run(for: .seconds(1))
            agent.answer(.answered(status: round.isMultiple(of: 2) ? 200 : 500))
        }
        #expect((agent.disk.tasks.first?.updates.count ?? 0) <= AgentLimits.pendingCheckUpdates + AgentLimits.keptUpdates)
    }

    /// A task that is refused, and the field that is named.
    struct Refused: Sendable, CustomTestStringConvertible {
        let field: String
        let change: @Sendable (inout Mesos_V1_TaskInfo) -> Void

        init(_ field: String, _ change: @escaping @Sendable (inout Mesos_V1_TaskInfo) -> Void) {
            self.field = field
            self.change = change
        }

        var testDescription: String { field }
    }

    @Test(arguments: [
        Refused("health_check.type") { $0.healthCheck.type = .unknown },
        Refused("health_check.type") { $0.healthCheck.type = .tcp },
        Refused("health_check.tcp.port") { ($0.healthCheck.type, $0.healthCheck.tcp.port) = (.tcp, 70000) },
        Refused("health_check.http.port") { ($0.healthCheck.type, $0.healthCheck.http.port) = (.http, 0) },
        Refused("health_check.http.path") { ($0.healthCheck, $0.healthCheck.http.path) = (.http(), "/a b") },
        Refused("health_check.http.path") { ($0.healthCheck, $0.healthCheck.http.path) = (.http(), "live") },
        Refused("health_check.http.scheme") { ($0.healthCheck, $0.healthCheck.http.scheme) = (.http(), "ftp") },
        Refused("health_check.interval_seconds") { $0.healthCheck = .http(interval: -1) },
        Refused("health_check.timeout_seconds") { $0.healthCheck = .http(timeout: .nan) },
        Refused("health_check.command") { ($0.healthCheck.type, $0.healthCheck.command.shell) = (.command, true) },
        Refused("check.type") { $0.check.type = .unknown },
        Refused("check.http.port") { ($0.check.type, $0.check.http.port) = (.http, 100_000) },
    ])
    func refusesByField(refused: Refused) {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1", refused.change)])
        #expect(agent.states("t1") == [.taskError])
        #expect(agent.last("t1")?.message.contains(refused.field) == true)
    }

    // MARK: Helpers

    /// A task of its own that runs.
    private func running(_ change: (inout Mesos_V1_TaskInfo) -> Void) -> CoreHarness {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1", change)], by: .sample([.partitionAware, .taskKillingState]))
        agent.launched(agent.container("t1"))
        agent.acknowledgeAll()
        // A check without delay looks at once.
        agent.effects = agent.effects.filter { if case .probe = $0 { true } else { false } }
        return agent
    }
}

extension CoreHarness {
    var probes: [Probe] {
        effects.compactMap { if case .probe(let probe) = $0 { probe } else { nil } }
    }

    var stoppedProbes: [Probe.ID] {
        effects.compactMap { if case .stopProbe(let id) = $0 { id } else { nil } }
    }

    /// The oldest probe that is under way, which is then no more among `probes`.
    mutating func takeProbe() -> Probe? {
        guard let index = effects.firstIndex(where: { if case .probe = $0 { true } else { false } }),
            case .probe(let probe) = effects.remove(at: index)
        else { return nil }
        return probe
    }

    /// The same where there must be one.
    mutating func nextProbe() throws -> Probe {
        guard let probe = takeProbe() else { throw NoProbe() }
        return probe
    }

    struct NoProbe: Error {}

    /// The oldest probe finds something.
    mutating func answer(_ result: ProbeResult) {
        guard let probe = takeProbe() else { return }
        // The master lives.
        event(.heartbeat)
        handle(.probed(probe.id, result))
    }

    /// What was sent about a task, without repeats; in order once all is acknowledged.
    func updates(_ task: String) -> [Mesos_V1_TaskStatus] {
        var copy = self
        copy.acknowledgeAll()
        var known: Set<[UInt8]> = []
        return copy.sent.map(\.status).filter { $0.taskID.value == task && known.insert([UInt8]($0.uuid)).inserted }
    }
}

extension Mesos_V1_HealthCheck {
    /// A GET of port 80.
    static func http(
        delay: Double = 0,
        interval: Double = 10,
        timeout: Double = 20,
        failures: UInt32 = 3,
        grace: Double = 10
    ) -> Self {
        .with { check in
            check.type = .http
            check.http.port = 80
            check.http.path = "/live"
            check.delaySeconds = delay
            check.intervalSeconds = interval
            check.timeoutSeconds = timeout
            check.consecutiveFailures = failures
            check.gracePeriodSeconds = grace
        }
    }
}
