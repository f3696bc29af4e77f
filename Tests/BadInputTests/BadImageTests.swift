import Foundation
import TestSupport
import Testing

/// Images that are not there, are not what they say, or reach out of themselves.
@Suite(.serialized, .oneCluster) struct BadImageTests {
    @Test func anUnknownImage() async throws {
        try await BadRegistry.run { registry in
            let ended = try await Cluster.current().run(["--image", "\(registry)/unknown", "--", "x"])
            #expect(ended.status == 125)
            #expect(ended.errors.contains("\(registry) has no manifest latest in unknown (status 404)"), "\(ended.errors)")
        }
    }

    @Test func aRegistryThatIsNotReachable() async throws {
        let ended = try await Cluster.current().run(["--image", "127.0.0.1:9/x", "--", "x"])
        #expect(ended.status == 125)
        #expect(ended.errors.contains("pull of 127.0.0.1:9/x:latest"), "\(ended.errors)")
        #expect(ended.errors.contains("Connection refused"), "\(ended.errors)")
    }

    @Test func aManifestWithAWrongDigest() async throws {
        try await BadRegistry.run { registry in
            let digest = "sha256:" + String(repeating: "1", count: 64)
            let ended = try await Cluster.current().run(["--image", "\(registry)/wrong@\(digest)", "--", "x"])
            #expect(ended.status == 125)
            #expect(ended.errors.contains("manifest digest is sha256:"), "\(ended.errors)")
            #expect(ended.errors.contains("expected \(digest)"), "\(ended.errors)")
        }
    }

    @Test(arguments: ["../../../../../../../..", "a/../../../../../../../../.."])
    func aLayerThatLeadsOutOfItself(_ way: String) async throws {
        try await withScratchDirectory { folder in
            let outside = folder.appending(path: "outside")
            let image = try TestImage.write([.file("\(way)\(outside.path)", "escaped")], to: folder)
            let ended = try await Cluster.current().run(["--image", image, "--", "x"])
            #expect(ended.status == 125)
            #expect(ended.errors.contains("leads out of it by '..'"), "\(ended.errors)")
            #expect(ended.errors.contains(outside.path), "\(ended.errors)")
            #expect(!FileManager.default.fileExists(atPath: outside.path))
        }
    }

    @Test func aLayerWithAWrongDigest() async throws {
        try await withScratchDirectory { folder in
            let image = try TestImage.write([.file("a", "b")], diffID: String(repeating: "0", count: 64), to: folder)
            let ended = try await Cluster.current().run(["--image", image, "--", "x"])
            #expect(ended.status == 125)
            #expect(ended.errors.contains("sha256:" + String(repeating: "0", count: 64)), "\(ended.errors)")
        }
    }

    @Test(arguments: ["absolute", "relative"])
    func aVolumeAtALinkOutOfTheImage(_ link: String) async throws {
        try await withScratchDirectory { folder in
            let (inside, outside) = (folder.appending(path: "inside"), folder.appending(path: "outside"))
            for folder in [inside, outside] { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false) }
            let image = try TestImage.write(
                [
                    .file("bin/sh", try Data(contentsOf: URL(fileURLWithPath: "/bin/busybox")), mode: 0o755),
                    .link("absolute", to: outside.path), .link("relative", to: "../../../../../../../.." + outside.path),
                ],
                to: folder
            )
            let ended = try await Cluster.current().run(
                ["--image", image, "-u", "0", "-v", "\(inside.path):/\(link)/volume", "--", "/bin/sh", "-c", "echo > /\(link)/file"]
            )
            #expect(ended.status == 125)
            #expect(ended.errors.contains("/\(link)/volume"), "\(ended.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: inside.path).isEmpty)
        }
    }

    @Test(arguments: [("", "it is to be a file that docker save wrote"), ("{}", "cannot read the archive")])
    func aFileThatIsNoImage(_ content: String, _ message: String) async throws {
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "image.tar")
            try (content.isEmpty ? Data(count: 10_240) : Data(content.utf8)).write(to: file)
            let ended = try await Cluster.current().run(["--image", "docker-archive:\(file.path)", "--", "x"])
            #expect(ended.status == 125)
            #expect(ended.errors.contains(message), "\(ended.errors)")
        }
    }
}
