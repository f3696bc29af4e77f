import Cluster
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

@Suite struct LaunchTests {
    @Test func aTaskIsSentToItsAgentAndTheRestIsDeclined() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent("cpus:4;mem:4096")
        let offer = try #require(master.offers(to: scheduler).first)
        #expect(master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: agent.id)])], refuse: 0)?.status == 202)
        guard case .launch(let framework, nil, let tasks)? = master.events(of: agent).first else {
            return #expect(Bool(false), "no LAUNCH")
        }
        #expect(framework.id == scheduler.id.message)
        #expect(tasks.map(\.taskID.value) == ["t"])
        #expect(tasks[0].resources.allSatisfy { $0.allocationInfo.role == "eng" })
        let rest = try #require(master.offers(to: scheduler).first)
        #expect(rest.resources.unallocated() == (try Resources.parse("cpus:3;mem:4032")))
        #expect(master.core.state.taskMessages.map(\.state) == [.taskStaging])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: String
        let change: @Sendable (inout Mesos_V1_TaskInfo) throws -> Void

        var testDescription: String { words }
    }

    @Test(arguments: [
        Bad(words: "task_id") { $0.taskID.value = "bad/id" },
        Bad(words: "task_id") { $0.taskID.value = "" },
        Bad(words: "task_id") { $0.taskID.value = String(repeating: "x", count: 256) },
        Bad(words: "in use by another task") { $0.taskID.value = "running" },
        Bad(words: "whose resources are offered") { $0.agentID.value = "M-S9" },
        Bad(words: "resources: none") { $0.resources = [] },
        Bad(words: "the task needs") { $0.resources = try Resources.parse("cpus:100000;mem:32").messages },
        Bad(words: "the task needs") { $0.resources = try Resources.parse("cpus:1;unobtainium:1").messages },
        Bad(words: "the task needs") { $0.resources = try Resources.parse("cpus:1;ports:[1-2]").messages },
        Bad(words: "must not be negative") { $0.resources[0].scalar.value = -1 },
        Bad(words: "only whole ones") { $0.resources = try Resources.parse("gpus:0.5").messages },
        Bad(words: "allocated to role 'other'") { $0.resources[0].allocationInfo.role = "other" },
        Bad(words: "revocable and non-revocable") {
            var extra = $0.resources[0]
            extra.revocable = .init()
            $0.resources.append(extra)
        },
        Bad(words: "kill_policy") { $0.killPolicy.gracePeriod.nanoseconds = -1 },
        Bad(words: "max_completion_time") { $0.maxCompletionTime.nanoseconds = -1 },
        Bad(words: "command: missing") { $0.clearCommand() },
        Bad(words: "command.value") { $0.command.clearValue() },
        Bad(words: "set together with executor") { $0.executor = try executorInfo("e") },
        Bad(words: "LAUNCH_GROUP") {
            $0.clearCommand()
            $0.executor = try executorInfo("e")
        },
        Bad(words: "share_cgroups") {
            $0.container.type = .mesos
            $0.container.linuxInfo.shareCgroups = false
        },
        Bad(words: "of type VALUE and has no value") { $0.command.environment.variables = [.with(name: "A", value: nil)] },
        Bad(words: "must not be empty nor contain '='") { $0.command.environment.variables = [.with(name: "A=B", value: "1")] },
        Bad(words: "has a secret") {
            $0.command.environment.variables = [.with(name: "A", value: "1")]
            $0.command.environment.variables[0].secret = .init()
        },
        Bad(words: "of unknown type") {
            $0.command.environment.variables = [.with(name: "A", value: "1")]
            $0.command.environment.variables[0].type = .unknown
        },
        Bad(words: "of type SECRET and has no secret") {
            $0.command.environment.variables = [.with(name: "A", value: nil)]
            $0.command.environment.variables[0].type = .secret
        },
        Bad(words: "health_check.type") { $0.healthCheck = .init() },
        Bad(words: "health_check.http: missing") { $0.healthCheck.type = .http },
        Bad(words: "neither http nor https") {
            $0.healthCheck.type = .http
            $0.healthCheck.http.scheme = "ftp"
        },
        Bad(words: "must begin with '/'") {
            $0.healthCheck.type = .http
            $0.healthCheck.http.path = "x"
        },
        Bad(words: "health_check.interval_seconds") {
            $0.healthCheck.type = .tcp
            $0.healthCheck.tcp.port = 1
            $0.healthCheck.intervalSeconds = -1
        },
        Bad(words: "health_check.command.value: missing") {
            $0.healthCheck.type = .command
            $0.healthCheck.command.shell = false
        },
        Bad(words: "health_check.tcp: missing") { $0.healthCheck.type = .tcp },
        Bad(words: "health_check.delay_seconds") { $0.healthCheck = .every { $0.delaySeconds = -1 } },
        Bad(words: "health_check.timeout_seconds") { $0.healthCheck = .every { $0.timeoutSeconds = -1 } },
        Bad(words: "health_check.grace_period_seconds") { $0.healthCheck = .every { $0.gracePeriodSeconds = -1 } },
        Bad(words: "check.type") { $0.check = .init() },
        Bad(words: "check.command: missing") { $0.check.type = .command },
        Bad(words: "check.command.command.value: missing") {
            $0.check.type = .command
            $0.check.command.command.shell = false
        },
        Bad(words: "check.http: missing") { $0.check.type = .http },
        Bad(words: "check.http.path") {
            $0.check.type = .http
            $0.check.http.path = "x"
        },
        Bad(words: "check.tcp: missing") { $0.check.type = .tcp },
        Bad(words: "check.timeout_seconds") {
            $0.check.type = .tcp
            $0.check.tcp.port = 1
            $0.check.timeoutSeconds = .nan
        },
        Bad(words: "container_path: empty") {
            $0.container.type = .mesos
            $0.container.volumes = [.init()]
        },
        Bad(words: "host_path together with source") {
            $0.container.type = .mesos
            $0.container.volumes = [.init()]
            $0.container.volumes[0].containerPath = "x"
            $0.container.volumes[0].hostPath = "/y"
            $0.container.volumes[0].source.type = .hostPath
        },
        Bad(words: "own fields are missing") {
            $0.container.type = .mesos
            $0.container.volumes = [.init()]
            $0.container.volumes[0].containerPath = "x"
            $0.container.volumes[0].source.type = .sandboxPath
        },
        Bad(words: "none of host_path, image and source") { $0.container = .withVolume { _ in } },
        Bad(words: "image together with") {
            $0.container = .withVolume { volume in
                volume.hostPath = "/y"
                volume.image.type = .docker
            }
        },
        Bad(words: "source.type: missing or unknown") { $0.container = .withVolume { $0.source = .init() } },
        Bad(words: "static_provisioning: missing") {
            $0.container = .withVolume { volume in
                volume.source.type = .csiVolume
                volume.source.csiVolume.pluginName = "p"
            }
        },
        Bad(words: "container.docker: missing") { $0.container.type = .docker },
        Bad(words: "container.docker.parameters") {
            $0.container.type = .docker
            $0.container.docker.image = "x"
            $0.container.docker.parameters = [.with { ($0.key, $0.value) = ("name", "mine") }]
        },
        Bad(words: "disk: empty") { $0.resources.append(try disk { $0 = .init() }) },
        Bad(words: "a volume needs persistence") {
            $0.resources.append(try disk { $0.volume = .with { ($0.containerPath, $0.mode) = ("x", .rw) } })
        },
        Bad(words: "is not reserved") {
            $0.resources.append(
                try disk {
                    $0.persistence.id = "v"
                    $0.volume = .with { ($0.containerPath, $0.mode) = ("x", .rw) }
                }
            )
        },
        Bad(words: "the task requests none") {
            $0.resources = try Resources.parse("mem:64").messages
            $0.limits["cpus"] = .with(2)
        },
        Bad(words: "only cpus and mem") { $0.limits["disk"] = .with(1) },
        Bad(words: "is below the") { $0.limits["cpus"] = .with(0.5) },
    ])
    func aBadTaskIsAnErrorAndCostsNothing(_ bad: Bad) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let first = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [first.id], [launch([try taskInfo("running", on: agent.id)])], refuse: 0)
        let offer = try #require(master.offers(to: scheduler).first)
        _ = master.events(of: agent)
        var task = try taskInfo("t", on: agent.id)
        try bad.change(&task)
        #expect(master.accept(scheduler, [offer.id], [launch([task])], refuse: 0)?.status == 202)
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.state == .taskError)
        #expect(status.reason == .taskInvalid)
        #expect(status.source == .master)
        #expect(status.taskID == task.taskID)
        #expect(status.message.contains(bad.words), "\(status.message)")
        #expect(master.events(of: agent).isEmpty)
        #expect(master.offers(to: scheduler).map(\.resources) == [offer.resources])
        #expect(master.core.state.taskMessages.count == 1)
    }

    @Test func theIdOfAnUnreachableTaskIsNotFree() throws {
        var (master, scheduler, agent) = try TestMaster.running("t")
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(76))
        let other = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        _ = master.events(of: scheduler.stream)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("t", on: other.id)])])
        let status = try #require(master.updates(to: scheduler).first)
        #expect(status.state == .taskError)
        #expect(status.message.contains("unreachable agent"), "\(status.message)")
    }

    @Test func limitsNeedAnAgentThatKnowsThem() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent { $0.capabilities = [] }
        let offer = try #require(master.offers(to: scheduler).first)
        var task = try taskInfo("t", on: agent.id)
        task.limits["cpus"] = .with(2)
        master.accept(scheduler, [offer.id], [launch([task])])
        #expect(master.updates(to: scheduler).first?.message.contains("limits: agent") == true)
    }

    @Test(arguments: [true, false])
    func theTypeOfAnOldHealthCheckIsToldFromItsFields(_ isCommand: Bool) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        var task = try taskInfo("t", on: agent.id)
        if isCommand { task.healthCheck.command.value = "true" } else { task.healthCheck.http.port = 80 }
        master.accept(scheduler, [offer.id], [launch([task])])
        guard case .launch(_, nil, let tasks)? = master.events(of: agent).first else { return #expect(Bool(false), "no LAUNCH") }
        #expect(tasks.first?.healthCheck.type == (isCommand ? .command : .http))
    }

    @Test func oneBadTaskDoesNotHinderTheOthers() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent("cpus:3;mem:4096")
        let offer = try #require(master.offers(to: scheduler).first)
        let tasks = [
            try taskInfo("a", on: agent.id), try taskInfo("b", on: agent.id, "cpus:9;mem:1"), try taskInfo("a", on: agent.id),
            try taskInfo("c", on: agent.id),
        ]
        master.accept(scheduler, [offer.id], [launch(tasks)])
        #expect(master.updates(to: scheduler).map(\.taskID.value) == ["b", "a"])
        let launched = master.events(of: agent).flatMap { event -> [String] in
            if case .launch(_, _, let tasks) = event { tasks.map(\.taskID.value) } else { [] }
        }
        #expect(launched == ["a", "c"])
    }

    @Test func anOperationIdIsRefused() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        var operation = launch([try taskInfo("t", on: agent.id)])
        operation.id.value = "op"
        master.accept(scheduler, [offer.id], [operation])
        #expect(master.updates(to: scheduler).map(\.state) == [.taskError])
    }

    @Test func aFrameworkHasNoMoreTasksThanTheLimit() throws {
        var master = TestMaster { $0.limits.tasksPerFramework = 1 }
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        master.accept(scheduler, [offer.id], [launch([try taskInfo("a", on: agent.id), try taskInfo("b", on: agent.id)])])
        #expect(master.updates(to: scheduler).map(\.taskID.value) == ["b"])
    }
}

extension Mesos_V1_Environment.Variable {
    static func with(name: String, value: String?) -> Self {
        var variable = Self()
        variable.name = name
        if let value { variable.value = value }
        return variable
    }
}

extension Mesos_V1_Value.Scalar {
    static func with(_ value: Double) -> Self {
        var scalar = Self()
        scalar.value = value
        return scalar
    }
}

/// A resource called disk with these particulars.
func disk(_ fill: (inout Mesos_V1_Resource.DiskInfo) -> Void) throws -> Mesos_V1_Resource {
    var resource = try #require(try Resources.parse("disk:1").messages.first)
    fill(&resource.disk)
    return resource
}

extension Mesos_V1_ContainerInfo {
    /// A container with one volume.
    static func withVolume(_ fill: (inout Mesos_V1_Volume) -> Void) -> Self {
        var volume = Mesos_V1_Volume()
        volume.containerPath = "x"
        volume.mode = .rw
        fill(&volume)
        var container = Self()
        container.type = .mesos
        container.volumes = [volume]
        return container
    }
}

extension Mesos_V1_HealthCheck {
    /// A check that is right but for what is changed.
    static func every(_ change: (inout Mesos_V1_HealthCheck) -> Void) -> Self {
        var check = Self()
        check.type = .tcp
        check.tcp.port = 1
        change(&check)
        return check
    }
}
