import TestSupport
import Testing

@testable import Images

/// Images in folders and files of this machine.
@Suite struct LocalImageTests {
    @Test func `a layout folder`() async throws {
        try await withScratch { (scratch) async throws in
            let layout = try await makeBusyboxLayout(in: scratch)
            let store = try makeStore(scratch)
            let image = try await store.pull(try ImageReference(parsing: "oci:\(layout):test"))
            try expectBusybox(image)
            #expect(try await store.pull(try ImageReference(parsing: "oci:\(layout)")) == image)
            await #expect {
                _ = try await store.pull(try ImageReference(parsing: "oci:\(layout):other"))
            } throws: { ($0 as? ImageError)?.code == .notFound && ($0 as? ImageError)?.reason.contains("\"test\"") == true }
        }
    }

    @Test func `a file that docker save wrote`() async throws {
        try await withScratch { (scratch) async throws in
            let layout = try await makeBusyboxLayout(in: scratch)
            let file = "\(scratch)/saved.tar"
            try await copyImage(from: "oci:\(layout):test", to: "docker-archive:\(file):team/busybox:1.0")
            let store = try makeStore(scratch)
            let image = try await store.pull(try ImageReference(parsing: "docker-archive:\(file)"))
            try expectBusybox(image)
            #expect(try await store.pull(try ImageReference(parsing: "docker-archive:\(file):team/busybox:1.0")) == image)
            try await run("gzip", "-k", file)
            #expect(try await store.pull(try ImageReference(parsing: "docker-archive:\(file).gz")) == image)
            await #expect {
                _ = try await store.pull(try ImageReference(parsing: "docker-archive:\(file):busybox"))
            } throws: { ($0 as? ImageError)?.code == .notFound }
            #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
        }
    }

    @Test(arguments: ["oci", "docker-archive"])
    func `an image that is replaced is seen at once, one that stays is not read again`(kind: String) async throws {
        try await withScratch { (scratch) async throws in
            let layout = try await makeBusyboxLayout(in: scratch)
            let place = "\(scratch)/\(kind)"
            func put(_ comment: String) async throws {
                try await run("umoci", "config", "--image", "\(layout):test", "--config.label", "comment=\(comment)")
                try await run("rm", "-rf", place)
                try await copyImage(from: "oci:\(layout):test", to: "\(kind):\(place)\(kind == "oci" ? ":test" : ":a/b:1")")
            }
            let store = try makeStore(scratch)
            let reference = try ImageReference(parsing: "\(kind):\(place)")
            var digests: [ImageDigest] = []
            for comment in ["one", "two", "one"] {
                try await put(comment)
                digests.append(try await store.pull(reference).digest)
                #expect(try await store.pull(reference).digest == digests.last)
            }
            #expect(digests[0] != digests[1] && digests[1] != digests[2])
            // Old enough to be trusted: what else the place holds is not looked at.
            #expect(try await eventually { try await isRemembered(reference, store) })
        }
    }

    /// Whether the store gives an image without reading the blobs of its place.
    private func isRemembered(_ reference: ImageReference, _ store: ImageStore) async throws -> Bool {
        _ = try await store.pull(reference)
        guard case .layout(let path, _) = reference.location else { return true }
        try await run("mv", "\(path)/blobs", "\(path)/hidden")
        let image = try? await store.pull(reference)
        try await run("mv", "\(path)/hidden", "\(path)/blobs")
        return image != nil
    }

    struct Spoiled: CustomTestStringConvertible {
        let testDescription: String
        let code: ImageError.Code
        let spoil: @Sendable (_ layout: String) async throws -> Void
    }

    static let spoiledLayouts: [Spoiled] = [
        Spoiled(testDescription: "no folder", code: .notFound) { try await run("rm", "-r", $0) },
        Spoiled(testDescription: "no marker", code: .notFound) { try await run("rm", "\($0)/oci-layout") },
        Spoiled(testDescription: "marker of another version", code: .unsupported) {
            try write(#"{"imageLayoutVersion":"2.0.0"}"#.utf8, to: "\($0)/oci-layout")
        },
        Spoiled(testDescription: "index is a FIFO", code: .notFound) {
            try await run("rm", "\($0)/index.json")
            try await run("mkfifo", "\($0)/index.json")
        },
        Spoiled(testDescription: "index is no JSON", code: .invalidDocument) { try write("<html>".utf8, to: "\($0)/index.json") },
        Spoiled(testDescription: "index is empty", code: .notFound) {
            try write(#"{"schemaVersion":2,"manifests":[]}"#.utf8, to: "\($0)/index.json")
        },
        Spoiled(testDescription: "index without field", code: .invalidDocument) { try write("{}".utf8, to: "\($0)/index.json") },
        Spoiled(testDescription: "index too long", code: .limitExceeded) {
            try write([UInt8](repeating: 0x20, count: 5 << 20), to: "\($0)/index.json")
        },
        Spoiled(testDescription: "blobs changed", code: .digestMismatch) {
            try await run("sh", "-c", "for f in \($0)/blobs/sha256/*; do printf x | dd of=$f bs=1 seek=9 conv=notrunc 2>/dev/null; done")
        },
        Spoiled(testDescription: "blobs longer", code: .sizeMismatch) {
            try await run("sh", "-c", "for f in \($0)/blobs/sha256/*; do printf x >> $f; done")
        },
        Spoiled(testDescription: "blobs gone", code: .notFound) { try await run("rm", "-r", "\($0)/blobs") },
        Spoiled(testDescription: "large blobs cut", code: .sizeMismatch) {
            try await run("find", "\($0)/blobs", "-size", "+100k", "-exec", "truncate", "-s", "-1", "{}", ";")
        },
        Spoiled(testDescription: "large blobs changed", code: .digestMismatch) {
            try await run("sh", "-c", "for f in $(find \($0)/blobs -size +100k); do printf x | dd of=$f bs=1 seek=5000 conv=notrunc; done")
        },
    ]

    @Test(arguments: spoiledLayouts)
    func `a spoiled layout is refused`(_ spoiled: Spoiled) async throws {
        try await withScratch { (scratch) async throws in
            let layout = try await makeBusyboxLayout(in: scratch)
            try await spoiled.spoil(layout)
            let store = try makeStore(scratch)
            await #expect {
                _ = try await store.pull(try ImageReference(parsing: "oci:\(layout):test"))
            } throws: { ($0 as? ImageError)?.code == spoiled.code }
            #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
        }
    }

    struct Archive: CustomTestStringConvertible {
        let testDescription: String
        let code: ImageError.Code?
        let manifest: String
        var entries: [TarEntry] = []
    }

    @Test func `docker-archives by hand`() async throws {
        let image = try await FakeImage(["a"])
        let configuration = TarEntry(name: Array("c.json".utf8), contents: image.configuration)
        let layer = TarEntry(name: Array("1/layer.tar".utf8), contents: image.layers[0])
        let wrongName = "\(String(repeating: "0", count: 64)).json"
        let good = #"[{"Config":"c.json","RepoTags":null,"Layers":["./1/layer.tar"]}]"#
        let linked = #"[{"Config":"c.json","Layers":["2/layer.tar"]}]"#
        let cases = [
            Archive(testDescription: "good", code: nil, manifest: good, entries: [configuration, layer]),
            Archive(
                testDescription: "link",
                code: nil,
                manifest: linked,
                entries: [configuration, layer, .link("2/layer.tar", to: "../1/layer.tar")]
            ),
            Archive(
                testDescription: "link out",
                code: .unsafeArchive,
                manifest: linked,
                entries: [configuration, .link("2/layer.tar", to: "../../x")]
            ),
            Archive(
                testDescription: "link loop",
                code: .invalidArchive,
                manifest: linked,
                entries: [configuration, .link("2/layer.tar", to: "layer.tar")]
            ),
            Archive(testDescription: "no layer", code: .notFound, manifest: good, entries: [configuration]),
            Archive(testDescription: "no configuration", code: .notFound, manifest: good, entries: [layer]),
            Archive(
                testDescription: "layer is a folder",
                code: .invalidArchive,
                manifest: good,
                entries: [configuration, .folder("1/layer.tar")]
            ),
            Archive(
                testDescription: "wrong name",
                code: .digestMismatch,
                manifest: #"[{"Config":"\#(wrongName)","Layers":["1/layer.tar"]}]"#,
                entries: [TarEntry(name: Array(wrongName.utf8), contents: image.configuration), layer]
            ),
            Archive(
                testDescription: "dots",
                code: .unsafeArchive,
                manifest: #"[{"Config":"../../etc/passwd","Layers":[]}]"#,
                entries: [configuration]
            ),
            Archive(
                testDescription: "layers missing",
                code: .invalidDocument,
                manifest: #"[{"Config":"c.json","Layers":[]}]"#,
                entries: [configuration]
            ),
            Archive(testDescription: "no images", code: .notFound, manifest: "[]"),
            Archive(testDescription: "no JSON", code: .invalidDocument, manifest: "nonsense"),
            Archive(
                testDescription: "other contents",
                code: .digestMismatch,
                manifest: good,
                entries: [configuration, TarEntry(name: layer.name, contents: try await tar([.file("other")]))]
            ),
        ]
        for archive in cases {
            try await withScratch { (scratch) async throws in
                let entries = archive.entries + [.file("manifest.json", archive.manifest)]
                try write(try await tar(entries), to: "\(scratch)/saved.tar")
                let store = try makeStore(scratch)
                let result = await pullCode(store, "docker-archive:\(scratch)/saved.tar")
                #expect(result == archive.code, "\(archive)")
                #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
            }
        }
    }
}

/// How a pull fails, `nil` if it does not.
func pullCode(_ store: ImageStore, _ name: String, _ policy: PullPolicy = .cachedIfPresent) async -> ImageError.Code? {
    do throws(ImageError) {
        _ = try await store.pull(try ImageReference(parsing: name), policy: policy)
        return nil
    } catch {
        return error.code
    }
}
