import Foundation
import TestSupport
import Testing

/// `agora local` comes up, and leaves nothing behind.
@Suite(.serialized) struct LocalTests {
    @Test func interruptLeavesNothing() async throws {
        try await withScratchDirectory { folder in
            let machine = Machine(folder: folder.path)
            let (port, agentPort) = (try freePort(), try freePort())
            let local = try Program.agora(
                ["local", "--port", "\(port)", "--agent-port", "\(agentPort)", "--work-dir", folder.path, "--run", example("hello.yaml")])
            #expect(await local.prints(" ps --master 127.0.0.1:\(port) --all"), "\(local.standardError)")
            #expect(local.standardOutput.contains("ada    | a letter for me"), "\(local.standardOutput)\(local.standardError)")
            let master = ["AGORA_MASTER": "127.0.0.1:\(port)"]
            for arguments in [["run", "-d", example("backup.yaml")], ["run", "-d", "--", "sh", "-c", "trap '' TERM; sleep 1000 & wait"]] {
                let started = await (try Program.agora(arguments, environment: master)).ended()
                #expect(started.status == 0, "\(started.errors)")
            }
            let cgroups = machine.cgroups
            #expect(!machine.processes.isEmpty)
            #expect(!cgroups.isEmpty)

            local.signal(SIGINT)
            #expect(await local.ended().status == 0, "\(local.standardError)")
            #expect(machine.processes.isEmpty)
            #expect(machine.mounts.isEmpty)
            #expect(cgroups.filter { FileManager.default.fileExists(atPath: $0) }.isEmpty)
        }
    }

    @Test func itsTemporaryFolderIsGoneAfterwards() async throws {
        let (port, agentPort) = (try freePort(), try freePort())
        let local = try Program.agora(["local", "--port", "\(port)", "--agent-port", "\(agentPort)"])
        #expect(await local.prints("A cluster of one machine is running"), "\(local.standardError)")
        let line = try #require(local.standardOutput.split(separator: "\n").first { $0.contains("  files ") })
        let folder = try #require(line.split(separator: " ").last.map(String.init))
        #expect(FileManager.default.fileExists(atPath: folder))
        local.signal(SIGINT)
        #expect(await local.ended().status == 0)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func aPortInUseIsNamed() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let second = try Program.agora(
                    ["local", "--port", "\(local.masterPort)", "--agent-port", "\(try freePort())", "--work-dir", folder.path])
                let ended = await second.ended()
                #expect(ended.status == 1)
                #expect(ended.errors.contains("\(local.masterPort)"), "\(ended.errors)")
            }
        }
    }

    @Test func nobodyThere() async throws {
        let ended = await (try Program.agora(["ps", "--master", "127.0.0.1:9"])).ended()
        #expect(ended.status == 69)
        #expect(ended.errors.contains("no master answers at 127.0.0.1:9 (connection refused)"))
        #expect(ended.errors.contains("agora local"))
    }
}
