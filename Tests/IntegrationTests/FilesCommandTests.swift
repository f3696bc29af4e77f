import Foundation
import TestSupport
import Testing

/// `agora files` with the sandboxes of real tasks.
@Suite(.serialized) struct FilesCommandTests {
    private static let filling = """
        mkdir -p logs/old; echo one > logs/a.txt; printf 'tw\\0o\\n' > logs/old/b; ln -s /etc/passwd out; ln -s logs/a.txt in; mkfifo pipe
        printf '#!/bin/sh\\n' > run; chmod 755 run; echo full > full; sleep 1000
        """

    /// A cluster with a task named web, and an empty folder of this machine.
    private func withWeb(_ body: (AgoraLocal, URL) async throws -> Void) async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let started = try await local.command("run", "-d", "--name", "web", "--", "sh", "-c", Self.filling)
                try #require(started.status == 0, "\(started.errors)")
                let isFull = try await eventually { try await local.command("files", "cat", "web", "full").output == "full\n" }
                try #require(isFull)
                try await body(local, folder)
            }
        }
    }

    @Test func foldersAreListedAndFilesShown() async throws {
        try await withWeb { local, _ in
            let list = try await local.command("files", "ls", "web")
            #expect(list.status == 0 && list.lines.first == "MODE        SIZE  CHANGED  NAME", "\(list)")
            for name in ["logs/", "run", "stdout", "stderr", "pipe", "in"] { #expect(list.output.contains(" \(name)\n"), "\(list.output)") }
            #expect(list.output.contains("-rwxr-xr-x  10 B") && list.output.contains("lrwxrwxrwx  -"), "\(list.output)")
            let json = try await local.command("files", "ls", "web", "/logs/", "--output", "json")
            let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
            #expect(rows.map { $0["name"] as? String } == ["a.txt", "old"] && rows.map { $0["kind"] as? String } == ["file", "folder"])
            #expect(rows[0]["mode"] as? String == "-rw-r--r--" && rows[0]["size"] as? Int == 4)
            #expect((rows[0]["changed"] as? Double ?? 0) > 1.7e9)
            #expect(try await local.command("files", "ls", "web", "logs/a.txt").lines.count == 2)
            #expect(try await local.command("files", "cat", "web", "logs/old/b").output == "tw\0o\n")
            #expect(try await local.command("files", "cat", "web", "in").output == "one\n")
        }
    }

    @Test func filesAndFoldersAreFetched() async throws {
        try await withWeb { local, folder in
            let path = folder.path
            let one = try await local.command("files", "get", "web", "logs/a.txt", path)
            #expect(one.status == 0 && one.errors == "agora: fetched 1 file of 4 B into \(path)/a.txt\n" && one.output.isEmpty, "\(one)")
            #expect(try String(contentsOfFile: "\(path)/a.txt", encoding: .utf8) == "one\n")
            let again = try await local.command("files", "get", "web", "logs/old/b", "\(path)/a.txt")
            #expect(again.status == 1 && again.errors == "agora: \(path)/a.txt is there already; --force overwrites it\n", "\(again)")
            #expect(try await local.command("files", "get", "web", "logs/old/b", "\(path)/a.txt", "--force").status == 0)
            #expect(try Data(contentsOf: folder.appending(path: "a.txt")) == Data("tw\0o\n".utf8))
            #expect(try await local.command("files", "get", "web", "run", "-").output == "#!/bin/sh\n")

            let all = try await local.command("files", "get", "web", ".", "\(path)/all")
            #expect(all.status == 0 && all.errors.contains("agora: left out pipe, which is neither file nor folder\n"), "\(all)")
            #expect(all.errors.contains("agora: left out out, a symbolic link\n"), "\(all)")
            let names = try FileManager.default.subpathsOfDirectory(atPath: "\(path)/all").sorted()
            #expect(names == ["full", "logs", "logs/a.txt", "logs/old", "logs/old/b", "run", "stderr", "stdout"])
            #expect(FileManager.default.isExecutableFile(atPath: "\(path)/all/run"))
            let twice = try await local.command("files", "get", "web", "/", "\(path)/all")
            #expect(twice.status == 0 && twice.errors.contains("\(path)/all/web"), "\(twice)")
            let third = try await local.command("files", "get", "web", "/", "\(path)/all")
            #expect(third.status == 1 && third.errors.contains("is there already"), "\(third)")
        }
    }

    @Test func whatCannotBeIsSaid() async throws {
        try await withWeb { local, folder in
            let cases: [(words: [String], status: Int32, text: String)] = [
                (["ls", "nobody"], 1, "there is no task \"nobody\""),
                (["ls", "web", "none"], 1, "there is no \"none\" in the sandbox of web"),
                (["ls", "web", "../.."], 1, "there is no \"../..\""), (["cat", "web", "../../../../etc/passwd"], 1, "there is no"),
                (["cat", "web", "out"], 1, "there is no \"out\""), (["cat", "web", "pipe"], 1, "there is no \"pipe\""),
                (["cat", "web", "logs"], 1, "\"logs\" is a folder; fetch it with `agora files get"),
                (["get", "web", "logs", "-"], 1, "is a folder, which cannot go to standard output"),
                (["get", "web", "run", "\(folder.path)/none/x"], 1, "cannot open the folder \(folder.path)/none: No such file"),
                (["get", "web", "run", "\(folder.path)/none/"], 1, "there is no folder"), (["get", "web", "run", ""], 64, "DESTINATION"),
                (["ls", "web", "--container", "other"], 1, "there is no container \"other\"; there is web"),
                (["cat", "web"], 64, "Missing expected argument"),
                (["ls"], 64, "Missing expected argument"), (["ls", "web", "--master", "127.0.0.1:9"], 69, "no master answers"),
            ]
            for (words, status, text) in cases {
                let ended = try await local.command(["files"] + words)
                #expect(ended.status == status && ended.errors.contains(text) && ended.output.isEmpty, "\(words): \(ended)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            #expect(try await local.command("files").output.contains("agora files get web logs"))
        }
    }

    @Test func aTaskThatHasEndedAndAContainerOfAPod() async throws {
        try await AgoraLocal.run { local in
            #expect(try await local.command("run", example("hello.yaml")).status == 0)
            let ada = try await local.command("files", "cat", "hello", "--container", "ada", "stdout")
            #expect(ada.output.contains("a letter for me: hello Ada, I am Grace"), "\(ada)")
            let first = try await local.command("files", "cat", "hello", "stdout")
            #expect(first.status == 0 && first.errors.contains("choose one with --container"), "\(first)")
            let none = try await local.command("files", "ls", "hello", "-c", "adda")
            #expect(none.status == 1 && none.errors.contains("did you mean") && none.errors.contains("ada"), "\(none)")
        }
    }

    @Test func aHugeFileTakesNoMemoryAndAnEndLeavesNothing() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let started = try await local.command("run", "-d", "--name", "big", "--", "sh", "-c", "truncate -s 64G core; sleep 1000")
                try #require(started.status == 0, "\(started.errors)")
                #expect(try await eventually { try await local.command("files", "ls", "big").output.contains("64.0 GiB") })
                let get = try local.start(["files", "get", "big", "core", "\(folder.path)/core"])
                let hasMuch = await eventually(within: .seconds(60)) {
                    let size = (try? FileManager.default.attributesOfItem(atPath: "\(folder.path)/core")[.size] as? NSNumber)?.intValue
                    return size ?? 0 > 200 << 20
                }
                #expect(hasMuch, "\(get.standardError)")
                let facts = try String(contentsOfFile: "/proc/\(get.pid)/status", encoding: .utf8)
                let peak = facts.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }
                #expect(try #require(peak) < 150 << 10)
                get.signal(SIGTERM)
                #expect(await get.exitStatus() == 143)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            }
        }
    }
}
