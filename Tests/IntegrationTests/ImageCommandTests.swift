import Foundation
import TestSupport
import Testing

/// `agora images`, `agora pull` and `agora rmi` against a cluster of one machine.
@Suite(.serialized) struct ImageCommandTests {
    @Test func imagesComeAndGo() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let image = try await ToolImage.make(in: folder)
                let pulled = try await local.command("pull", image)
                #expect(pulled.status == 0, "\(pulled.errors)")
                #expect(pulled.errors == "agora: 127.0.0.1: 1 of 1 layers\n")
                let digest = try #require(pulled.output.firstMatch(of: /127\.0\.0\.1: oci:\S+:tool (sha256:[0-9a-f]{64})\n/)?.1)

                let list = try await local.command("images")
                #expect(list.output.hasPrefix("NODE       IMAGE "))
                #expect(list.output.contains(image) && list.output.contains(digest.dropFirst(7).prefix(12)) && list.output.contains("MiB"))
                let json = try await local.command("images", "--agent", "127.0.0.1:\(local.agentPort)", "-o", "json")
                #expect(json.output.contains("\"in_use\" : false") && json.output.contains(digest))

                let run = try local.start(["run", "--name", "web", "--image", image, "--", "/bin/sh", "-c", "sleep 1000"])
                let isUsed = try await eventually { try await local.command("images", "-o", "json").output.contains("\"in_use\" : true") }
                #expect(isUsed, "\(run.standardError)")
                let refused = try await local.command("rmi", image)
                #expect(refused.status == 1 && refused.errors.contains("is used by"), "\(refused.errors)")
                let forced = try await local.command("rmi", "--force", image)
                #expect(forced.status == 0 && forced.output == "127.0.0.1: removed \(image)\n", "\(forced)")
                #expect(try await local.command("images", "-o", "json").output == "[\n\n]\n")
                run.signal(SIGINT)
                _ = await run.ended()

                #expect(try await local.command("pull", "--node", "127.0.0.1", image).status == 0)
                let removed = try await local.command("rmi", String(digest.dropFirst(7).prefix(12)))
                #expect(removed.output.hasPrefix("127.0.0.1: removed \(image)\n127.0.0.1: 1 layer, "), "\(removed)")
            }
        }
    }

    @Test func aRunShowsHowItsImageComes() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let image = try await ToolImage.make(in: folder)
                // So much that it takes a moment.
                let script = "cd \(folder.path) && head -c 60000000 /dev/urandom > large && umoci insert --image layout:tool large /large"
                let made = try await Program.run("/bin/sh", ["-c", script])
                try #require(made.status == 0, "\(made.errors)")
                let first = try await local.command("run", "--image", image, "--", "/bin/sh", "-c", "echo hello")
                #expect(first.output == "hello\n" && first.errors.contains("agora: \(image): 2 of 2 layers\n"), "\(first)")
                let second = try await local.command("run", "--image", image, "--", "/bin/sh", "-c", "echo hello")
                #expect(second.output == "hello\n" && second.errors.isEmpty, "\(second)")
            }
        }
    }

    @Test(arguments: [
        (["rmi", "no:thing"], 1, "there is no image \"no:thing\""), (["pull", "a b"], 1, "pull_image.image"),
        (["pull", "oci:/no/such/layout"], 1, "/no/such/layout"), (["images", "--node", "other"], 1, "there is no machine \"other\""),
        (["images", "--agent", "127.0.0.1:9"], 69, "the agent at 127.0.0.1:9 does not answer"),
        (["images", "--master", "127.0.0.1:9"], 69, "no master answers at 127.0.0.1:9"), (["images", "--agent", "x:0"], 64, "--agent"),
        (["rmi"], 64, "images"), (["pull"], 64, "image"),
    ])
    func failuresAreSaid(_ arguments: [String], _ status: Int32, _ words: String) async throws {
        try await AgoraLocal.run { local in
            let ended = try await local.command(arguments)
            #expect(ended.status == status)
            #expect(ended.errors.contains(words), "\(ended.errors)")
        }
    }
}
