import Agent
import Foundation
import MesosMessages
import SwiftProtobuf
import TestSupport
import Testing

/// Secrets, and volumes in memory, from messages to files.
@Suite(.enabled(if: geteuid() == 0))
struct VolumeTests {
    private static let words = ["hush-variable", "hush-file", "hush-executor"]

    private func secret(_ text: String) -> Mesos_V1_Secret {
        .with { secret in
            secret.type = .value
            secret.value.data = Data(text.utf8)
        }
    }

    private func variable(_ name: String, _ text: String) -> Mesos_V1_Environment.Variable {
        .with { variable in
            variable.name = name
            variable.type = .secret
            variable.secret = secret(text)
        }
    }

    private func volume(_ path: String, _ text: String) -> Mesos_V1_Volume {
        .with { volume in
            volume.containerPath = path
            volume.mode = .ro
            volume.source.type = .secret
            volume.source.secret = secret(text)
        }
    }

    /// Whether a file below a folder has one of the secrets in it.
    private func isWritten(below folder: String) async throws -> Bool {
        for word in Self.words where try await Program.run("/bin/grep", ["-rq", word, folder]).status == 0 { return true }
        return false
    }

    private func shown(_ agent: AgentFixture) async throws -> String {
        var text = try await agent.get("/state").1 + agent.get("/containers").1
        for call in ["GET_STATE", "GET_TASKS", "GET_EXECUTORS", "GET_CONTAINERS"] {
            text += try await agent.post("{\"type\":\"\(call)\"}").1
        }
        return text
    }

    @Test func secretsReachTheTaskAndNobodyElse() async throws {
        try await AgentFixture.run { agent in
            let line = "test \"$TOKEN\" = hush-variable -a \"$(cat key)\" = hush-file && echo both > out; sleep 1000"
            let task = Mesos_V1_TaskInfo.sample("task", line) { task in
                task.command.environment.variables = [variable("TOKEN", "hush-variable")]
                task.container.type = .mesos
                task.container.volumes = [volume("key", "hush-file")]
            }
            agent.launch([task])
            agent.launchGroup([
                .sample("nested", line) { nested in
                    nested.command = task.command
                    nested.container = task.container
                }
            ])
            #expect(await agent.reaches("task", .taskRunning))
            #expect(await agent.reaches("nested", .taskRunning))
            #expect(await eventually { agent.output("\(agent.sandbox("task"))/out") == "both\n" })
            let nested = "\(agent.sandbox("pod"))/tasks/nested/out"
            #expect(await eventually { agent.output(nested) == "both\n" })
            // The words stand in the command of the test, which is no secret.
            let shown = try await shown(agent).replacing(line, with: "")
            #expect(!Self.words.contains { shown.contains($0) || shown.contains(Data($0.utf8).base64EncodedString()) })
            #expect(try await isWritten(below: "\(agent.workDirectory)/run") == false)
            #expect(try await isWritten(below: "\(agent.workDirectory)/slaves") == false)
        }
    }

    @Test func secretsAreNotStored() async throws {
        try await withScratchDirectory { directory in
            let master = try await FakeMaster.start()
            let task = Mesos_V1_TaskInfo.sample("task", "echo ${#TOKEN} $(wc -c < key); sleep 1000") { task in
                task.command.environment.variables = [variable("TOKEN", "hush-variable")]
                task.container.type = .mesos
                task.container.volumes = [volume("key", "hush-file")]
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                agent.launch([task])
                #expect(await agent.reaches("task", .taskRunning))
                #expect(await eventually { agent.output("\(agent.sandbox("task"))/stdout") == "13 9\n" })
                let isStored = try await isWritten(below: directory.path)
                #expect(!isStored)
            }
            #expect(try await isWritten(below: directory.path) == false)
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                let tasks = try await agent.post("{\"type\":\"GET_TASKS\"}").1
                #expect(tasks.contains("TASK_RUNNING"))
                #expect(try await agent.get("/containers").0 == 200)
            }
            await master.stop()
        }
    }

    @Test func aSecretOfAnOperatorsContainer() async throws {
        try await AgentFixture.run { agent in
            let volume =
                #"{"container_path":"key","mode":"RO","source":{"type":"SECRET","secret":{"type":"VALUE","value":{"data":"aHVzaC1maWxl"}}}}"#
            let (status, text) = try await agent.launch(
                ["top"],
                "cat key; stat -f -c %T key",
                more: ",\"container\":{\"type\":\"MESOS\",\"volumes\":[\(volume)]}"
            )
            #expect(status == 200, "\(text)")
            _ = try await agent.wait(["top"])
            #expect(agent.output("\(agent.workDirectory)/containers/top/stdout") == "hush-filetmpfs\n")
        }
    }

    @Test func aFolderOfAGroupMayBecomeTooFull() async throws {
        try await AgentFixture.run({ $0.diskWatchInterval = .milliseconds(50) }) { agent in
            agent.master.send(.launch) { event in
                event.launch.framework = .sample
                event.launch.executor.executorID.value = "pod"
                event.launch.executor.type = .default
                event.launch.executor.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
                event.launch.executor.labels.labels = [
                    .with { ($0.key, $0.value) = ("agora.volume", "data,size=1048576") },
                    .with { ($0.key, $0.value) = ("agora.volume", "fast,memory,size=1048576") },
                ]
                event.launch.isGroup = true
                event.launch.tasks = ["1", "65534"].map { user in
                    .sample(
                        "t\(user)",
                        "id -u > fast/$(id -u); while [ $(ls fast | wc -l) -lt 2 ]; do sleep 0.01; done; touch seen; head -c 3000000 /dev/zero > data/$(id -u); sleep 1000"
                    ) { task in
                        task.command.user = user
                        task.container.type = .mesos
                        task.container.volumes = ["data", "fast"].map { name in
                            .with { volume in
                                volume.containerPath = name
                                volume.mode = .rw
                                volume.source.type = .sandboxPath
                                volume.source.sandboxPath.type = .parent
                                volume.source.sandboxPath.path = "volumes/\(name)"
                            }
                        }
                    }
                }
            }
            // The first that ends takes the others along.
            let tasks = ["t1", "t65534"]
            let haveEnded = await eventually {
                tasks.allSatisfy { task in agent.master.last(task).map { [.taskFailed, .taskKilled].contains($0.state) } == true }
            }
            #expect(haveEnded)
            let first = tasks.compactMap { agent.master.last($0) }.first { $0.state == .taskFailed }
            #expect(first?.reason == .containerLimitationDisk && first?.message.contains("volumes/data") == true, "\(first?.message ?? "")")
            for task in ["t1", "t65534"] { #expect(FileManager.default.fileExists(atPath: "\(agent.sandbox("pod"))/tasks/\(task)/seen")) }
        }
    }
}
