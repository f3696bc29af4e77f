import AgentCore
import Cluster
import Foundation
import MesosMessages
import SwiftProtobuf
import Testing

/// What is not built, or makes no sense, is refused with the name of the field.
@Suite struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let field: String
        let change: @Sendable (inout Mesos_V1_TaskInfo) -> Void

        var testDescription: String { field }
    }

    private static func limit(_ soft: UInt64, _ hard: UInt64?) -> Mesos_V1_RLimitInfo.RLimit {
        .with {
            $0.type = .rlmtStack
            $0.soft = soft
            if let hard { $0.hard = hard }
        }
    }

    private static func container(_ field: String, _ change: @escaping @Sendable (inout Mesos_V1_ContainerInfo) -> Void) -> Case {
        Case(field: field) { task in
            task.container.type = .mesos
            change(&task.container)
        }
    }

    private static func volume(_ field: String, _ change: @escaping @Sendable (inout Mesos_V1_Volume) -> Void) -> Case {
        container(field) { container in
            var volume = Mesos_V1_Volume()
            volume.containerPath = "data"
            volume.mode = .rw
            change(&volume)
            container.volumes = [volume]
        }
    }

    private static func secret(_ field: String, _ change: (inout Mesos_V1_Secret) -> Void) -> Case {
        var secret = Mesos_V1_Secret()
        change(&secret)
        return Case(field: field) { [secret] task in
            task.command.environment.variables = [
                .with {
                    $0.name = "S"; $0.type = .secret; $0.secret = secret
                }
            ]
        }
    }

    private static func label(_ field: String, _ key: String, _ value: String) -> Case {
        Case(field: field) { task in
            task.labels.labels = [
                .with {
                    $0.key = key; $0.value = value
                }
            ]
        }
    }

    static let cases = [
        Case(field: "health_check") { $0.healthCheck.type = .http },
        Case(field: "check") { $0.check.type = .command },
        Case(field: "command.uris") { $0.command.uris = [.with { $0.value = "s3://x/y" }] },
        Case(field: "command.uris[1].output_file") {
            $0.command.uris = [
                .with { $0.value = "/x" },
                .with {
                    $0.value = "/y"; $0.outputFile = "a/../../b"
                },
            ]
        },
        Case(field: "command.uris[0].output_file") { task in
            task.command.uris = [
                .with {
                    $0.value = "/x"; $0.outputFile = "./."
                }
            ]
        },
        Case(field: "command") { $0.clearCommand() },
        Case(field: "command.value") { $0.command.clearValue() },
        Case(field: "command") { $0.command.value = "a\0b" },
        Case(field: "command.user") { $0.command.user = "" },
        Case(field: "command.environment.SECRET") {
            $0.command.environment.variables = [
                .with {
                    $0.name = "SECRET"; $0.type = .secret
                }
            ]
        },
        secret("command.environment.S.secret.reference") {
            $0.type = .reference; $0.reference.name = "vault"
        },
        secret("command.environment.S.secret") { $0.type = .value },
        secret("command.environment.S.secret") { $0.type = .unknown },
        secret("command.environment.S.secret.value") {
            $0.type = .value; $0.value.data = .init([0x61, 0])
        },
        secret("command.environment.S.secret.value") {
            $0.type = .value; $0.value.data = .init([0xff, 0xfe])
        },
        secret("command.environment.S.secret.value") {
            $0.type = .value; $0.value.data = .init(repeating: 0x61, count: (1 << 20) + 1)
        },
        Case(field: "command.environment.a=b") {
            $0.command.environment.variables = [
                .with {
                    $0.name = "a=b"; $0.value = "c"
                }
            ]
        },
        Case(field: "executor") { $0.executor.type = .custom },
        Case(field: "executor") { $0.executor.command.value = "./run" },
        Case(field: "max_completion_time") { $0.maxCompletionTime.nanoseconds = -1 },
        Case(field: "kill_policy.grace_period") { $0.killPolicy.gracePeriod.nanoseconds = -1 },
        Case(field: "resources") { $0.resources.append(.scalar("gpus", 0.5)) },
        Case(field: "resources") { $0.resources[0].disk.persistence.id = "v1" },
        Case(field: "limits.cpus") { $0.limits = ["cpus": .with { $0.value = 0 }] },
        Case(field: "limits.mem") { $0.limits = ["mem": .with { $0.value = 1 }] },
        Case(field: "limits.disk") { $0.limits = ["disk": .with { $0.value = 1 }] },
        Case(field: "labels.agora.working_directory") {
            $0.labels.labels = [
                .with {
                    $0.key = "agora.working_directory"; $0.value = "../x"
                }
            ]
        },
        Case(field: "container.type") { $0.container.type = .docker },
        container("container.rlimit_info.rlimits.type") { $0.rlimitInfo.rlimits = [.init()] },
        container("container.rlimit_info.rlimits: rlmtStack is there twice") { $0.rlimitInfo.rlimits = [limit(1, 2), limit(1, 2)] },
        container("container.rlimit_info.rlimits: rlmtStack needs both") { $0.rlimitInfo.rlimits = [limit(1, nil)] },
        container("container.rlimit_info.rlimits: rlmtStack has a soft") { $0.rlimitInfo.rlimits = [limit(2, 1)] },
        container("container.tty_info.window_size") { ($0.ttyInfo.windowSize.rows, $0.ttyInfo.windowSize.columns) = (70_000, 1) },
        container("container.network_infos") { $0.networkInfos = [.with { $0.groups = ["public"] }] },
        container("container.linux_info.share_cgroups") { $0.linuxInfo.shareCgroups = false },
        container("container.linux_info.seccomp.profile_name") { $0.linuxInfo.seccomp.profileName = "../x" },
        container("container.linux_info.seccomp.profile_name") { $0.linuxInfo.seccomp.profileName = "" },
        container("container.linux_info.seccomp") {
            $0.linuxInfo.seccomp.profileName = "x"; $0.linuxInfo.seccomp.unconfined = true
        },
        container("container.linux_info.effective_capabilities") { $0.linuxInfo.effectiveCapabilities.capabilities = [.unknown] },
        container("container.linux_info.effective_capabilities") {
            $0.linuxInfo.effectiveCapabilities.capabilities = [.netAdmin]; $0.linuxInfo.boundingCapabilities.capabilities = [.netRaw]
        },
        container("container.linux_info.capability_info") {
            $0.linuxInfo.capabilityInfo = .init(); $0.linuxInfo.effectiveCapabilities = .init()
        },
        container("container.linux_info.ipc_mode") { $0.linuxInfo.ipcMode = .shareParent },
        container("container.linux_info.share_pid_namespace") { $0.linuxInfo.sharePidNamespace = true },
        container("container.linux_info.ipc_mode") { $0.linuxInfo.ipcMode = .unknown },
        container("container.linux_info.shm_size") { $0.linuxInfo.shmSize = 0 },
        container("container.mesos.image") { $0.mesos.image.type = .appc },
        container("container.mesos.image.docker.name") {
            $0.mesos.image = .with {
                $0.type = .docker; $0.docker.name = ""
            }
        },
        volume("container.volumes \"data\"") { _ in },
        volume("container.volumes \"../x\"") {
            $0.containerPath = "../x"; $0.hostPath = "/tmp"
        },
        volume("container.volumes \"\"") {
            $0.containerPath = ""; $0.hostPath = "/tmp"
        },
        volume("container.volumes \"data\": image") { $0.image.type = .docker },
        volume("container.volumes \"data\": image") { $0.image.type = .appc },
        volume("container.volumes \"data\": image.docker.name") {
            $0.image = .with {
                $0.type = .docker; $0.docker.name = ""
            }
        },
        volume("container.volumes \"data\": has image beside") {
            $0.image.type = .docker; $0.hostPath = "/tmp"
        },
        volume("container.volumes \"data\": source.secret") { $0.source.type = .secret },
        volume("container.volumes \"data\": source.secret.reference") {
            $0.source.type = .secret; $0.source.secret.type = .reference; $0.source.secret.reference.name = "vault"
        },
        volume("container.volumes \"data\": source.host_path.mount_propagation") {
            $0.source = .with {
                $0.type = .hostPath; $0.hostPath.path = "/tmp"; $0.hostPath.mountPropagation = .init()
            }
        },
        label("labels.agora.tmpfs", "agora.tmpfs", ""), label("labels.agora.tmpfs", "agora.tmpfs", "/"),
        label("labels.agora.tmpfs", "agora.tmpfs", "/a/../b"), label("labels.agora.tmpfs", "agora.tmpfs", "/a,size=0"),
        label("labels.agora.tmpfs", "agora.tmpfs", "/a,size=1g"), label("labels.agora.tmpfs", "agora.tmpfs", "/a,memory"),
        label("labels.agora.tmpfs", "agora.tmpfs", "/a,size=1,size=2"), label("labels.agora.tmpfs", "agora.tmpfs", "/a,"),
        volume("container.volumes \"data\"") { $0.source.type = .csiVolume },
        volume("container.volumes \"data\"") { $0.source.type = .dockerVolume },
        volume("container.volumes \"data\"") {
            $0.source = .with {
                $0.type = .hostPath; $0.hostPath.path = "relative"
            }
        },
        volume("container.volumes \"data\"") {
            $0.source = .with {
                $0.type = .hostPath; $0.hostPath.path = "/a/../b"
            }
        },
        volume("container.volumes \"data\"") {
            $0.source = .with {
                $0.type = .sandboxPath; $0.sandboxPath.type = .self_; $0.sandboxPath.path = "/etc"
            }
        },
        volume("container.volumes") {
            $0.source = .with {
                $0.type = .sandboxPath; $0.sandboxPath.type = .parent; $0.sandboxPath.path = "x"
            }
        },
    ]

    @Test(arguments: cases) func refusesATask(refused: Case) {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample("t1", refused.change)])
        #expect(agent.launches.isEmpty)
        #expect(agent.states("t1") == [.taskError])
        let status = agent.last("t1")
        #expect(status?.message.hasPrefix(refused.field) == true, "\(status?.message ?? "no message")")
        #expect(status?.reason == .taskInvalid)
        #expect(status?.source == .agent)
        agent.acknowledgeAll()
        #expect(agent.core.tasks.isEmpty && agent.disk.tasks.isEmpty && agent.core.frameworks.isEmpty)
    }

    @Test(arguments: ["", "a/b", "..", "a,size=-1", "a,size=", "a,memory,memory", "a,disk", String(repeating: "x", count: 64)])
    func refusesVolumesOfExecutorsThatAreNone(value: String) {
        var agent = CoreHarness.subscribed()
        var executor = Mesos_V1_ExecutorInfo.sample()
        executor.labels.labels = [
            .with {
                $0.key = "agora.volume"; $0.value = value
            }
        ]
        agent.launchGroup([.sample("a")], executor: executor)
        #expect(agent.states("a") == [.taskError])
        #expect(agent.last("a")?.message.hasPrefix("executor.labels.agora.volume") == true, "\(agent.last("a")?.message ?? "")")
    }

    @Test(arguments: ["a/b", "..", "", String(repeating: "x", count: 256), "a\nb"])
    func dropsWhatCouldLeaveTheWorkDirectory(id: String) {
        var agent = CoreHarness.subscribed()
        agent.launch([.sample(id)])
        agent.launchGroup([.sample("a")], executor: .sample(id))
        #expect(agent.launches.isEmpty)
        agent.launch(
            [.sample("b")],
            by: .with {
                $0.id.value = id; $0.user = ""; $0.name = ""
            }
        )
        #expect(agent.launches.isEmpty)
        #expect(agent.core.executors.isEmpty)
    }

    @Test(arguments: [Mesos_V1_ExecutorInfo.TypeEnum.custom, .unknown]) func refusesOtherExecutors(type: Mesos_V1_ExecutorInfo.TypeEnum) {
        var agent = CoreHarness.subscribed()
        var executor = Mesos_V1_ExecutorInfo.sample()
        executor.type = type
        agent.launchGroup([.sample("a")], executor: executor)
        #expect(agent.states("a") == [.taskError])
    }

    @Test func killsAllOfAFrameworkThatLeaves() {
        var agent = CoreHarness.subscribed()
        agent.runGroup([.sample("a")])
        agent.launch([.sample("t1")])
        let (group, single) = (agent.container("a"), agent.container("t1"))
        agent.effects = []
        agent.event(.shutdownFramework) { $0.shutdownFramework.frameworkID.value = "framework" }
        #expect(Set(agent.destroyed) == [group.root, single])
        let before = agent.sent.count
        agent.launched(single)
        agent.ended(group, 9)
        agent.ended(group.root, 9)
        agent.ended(single, 9)
        #expect(agent.sent.count == before)
        #expect(agent.core.tasks.isEmpty && agent.core.executors.isEmpty && agent.core.frameworks.isEmpty)
        #expect(agent.disk.tasks.isEmpty && agent.disk.executors.isEmpty && agent.disk.frameworks.isEmpty)
        agent.handle(.stop(destroyContainers: true))
        #expect(agent.hasStopped, "no container is waited for that has ended")
    }
}
