import Agent
import Foundation
import HTTPService
import Logging
import MesosMessages
import SwiftProtobuf
import Synchronization
import TestSupport
import Testing

/// Files of tasks, from the master's launch to the program that uses them.
@Suite(.serialized) struct FetchTests {
    @Test func aTaskFindsItsFiles() async throws {
        try await withScratchDirectory { folder in
            let tar = try await archive(in: folder)
            try await FileServer.run(["/tool": "#!/bin/sh\necho tool $1\n"]) { server in
                try await AgentFixture.run { agent in
                    agent.launch([
                        .sample("t1", "./tool works && cat dir/file && cat conf/x && stat -c '%U' tool dir/file . conf") { task in
                            task.command.user = "nobody"
                            task.command.uris = [
                                .with {
                                    $0.value = server.url("/tool"); $0.executable = true; $0.cache = true
                                },
                                .with { $0.value = "file://\(tar)" },
                                .with {
                                    $0.value = "/etc/hostname"; $0.outputFile = "conf/x"
                                },
                            ]
                        }
                    ])
                    #expect(await agent.reaches("t1", .taskFinished), "\(agent.master.last("t1")?.message ?? "")")
                    let host = try String(contentsOfFile: "/etc/hostname", encoding: .utf8)
                    let output = agent.output("\(agent.sandbox("t1"))/stdout")
                    #expect(output == "tool works\nunpacked\n\(host)nobody\nnobody\nnobody\nnobody\n")
                    let metrics = try await agent.get("/metrics/snapshot").1
                    #expect(metrics.contains(#""containerizer/fetcher/task_fetches/succeeded":1.0"#))
                    #expect(metrics.contains(#""containerizer/fetcher/cache_size_used_bytes":23.0"#), "\(metrics)")
                }
            }
        }
    }

    @Test func aTaskOfAGroupFindsItsFiles() async throws {
        try await AgentFixture.run { agent in
            agent.launchGroup([
                .sample("t1", "cat hostname") { $0.command.uris = [.with { $0.value = "/etc/hostname" }] }, .sample("t2", "ls | wc -l"),
            ])
            #expect(await agent.reaches("t1", .taskFinished))
            let host = try String(contentsOfFile: "/etc/hostname", encoding: .utf8)
            #expect(agent.output("\(agent.sandbox("pod"))/tasks/t1/stdout") == host)
        }
    }

    @Test(arguments: ["/missing", "/no/such/file"]) func saysWhatCouldNotBeFetched(path: String) async throws {
        try await withScratchDirectory { volume in
            try await FileServer.run([:]) { server in
                try await AgentFixture.run { agent in
                    let uri = path == "/missing" ? server.url(path) : path
                    agent.launch([
                        .sample("t1", "true") { task in
                            task.command.uris = [.with { $0.value = uri }]
                            task.container.type = .mesos
                            task.container.volumes = [
                                .with {
                                    $0.containerPath = "mounted"; $0.hostPath = volume.path; $0.mode = .rw
                                }
                            ]
                        }
                    ])
                    #expect(await agent.reaches("t1", .taskFailed))
                    let last = try #require(agent.master.last("t1"))
                    #expect(last.reason == .containerLaunchFailed)
                    #expect(last.message.contains(uri) && last.message.contains("no such file"))
                    // The link `latest` leads to nothing: the sandbox is gone, and nothing is mounted.
                    #expect(!FileManager.default.fileExists(atPath: agent.sandbox("t1")))
                    let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
                    #expect(!mounts.contains(agent.workDirectory))
                    #expect(try await agent.get("/metrics/snapshot").1.contains(#""containerizer/fetcher/task_fetches/failed":1.0"#))
                }
            }
        }
    }

    @Test func aKillStopsAFetch() async throws {
        try await FileServer.run([:]) { server in
            try await AgentFixture.run { agent in
                agent.launch([.sample("t1", "true") { $0.command.uris = [.with { $0.value = server.url("/never") }] }])
                #expect(await eventually { server.asked.contains("/never") })
                agent.killTask("t1")
                #expect(await agent.reaches("t1", .taskKilled))
                #expect(agent.master.last("t1")?.reason == .taskKilledDuringLaunch)
            }
        }
    }

    @Test(arguments: ["s3://bucket/key", "hdfs:///x", "ftp://host/f", "x"]) func refusesWhatIsNotBuilt(uri: String) async throws {
        try await AgentFixture.run { agent in
            agent.launch([.sample("t1", "true") { $0.command.uris = [.with { $0.value = uri }] }])
            #expect(await agent.reaches("t1", .taskError))
            #expect(agent.master.last("t1")?.message.contains("command.uris[0].value") == true)
        }
    }

    private func archive(in folder: URL) async throws -> String {
        let path = folder.appending(path: "a.tar.gz").path
        let script = "mkdir \(folder.path)/dir && echo unpacked > \(folder.path)/dir/file && tar -C \(folder.path) -czf \(path) dir"
        #expect(try await Program.run("/bin/sh", ["-c", "\(script) && chmod 755 \(folder.path)"]).status == 0)
        return path
    }
}

/// A server of files for tests; what it does not know is 404, and `/never` is never answered.
final class FileServer: Sendable {
    private let paths = Mutex<[String]>([])
    private let port = Mutex(0)

    var asked: [String] { paths.withLock { $0 } }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port.withLock { $0 })\(path)" }

    static func run(_ files: [String: String], _ body: (FileServer) async throws -> Void) async throws {
        let files = files
        let server = FileServer()
        let held = Mutex<[HTTPResponder]>([])
        var router = Router()
        for path in Set(files.keys).union(["/missing", "/never"]) {
            router.on(.get, path) { _, responder in
                server.paths.withLock { $0.append(path) }
                if path == "/never" { return held.withLock { $0.append(responder) } }
                guard let file = files[path] else { return responder.respond(404) }
                responder.respond(200, headers: [("Content-Type", "application/octet-stream")], body: Array(file.utf8))
            }
        }
        let logger = Logger(label: "test.files") { _ in SwiftLogNoOpLogHandler() }
        let http = try await HTTPServer.start(HTTPServerConfiguration(port: 0), router: router, logger: logger)
        server.port.withLock { $0 = http.port }
        do {
            try await body(server)
        } catch {
            await http.shutdown()
            throw error
        }
        for responder in held.withLock({ $0 }) { responder.respond(503) }
        await http.shutdown()
    }
}
