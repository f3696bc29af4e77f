import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Images

@Suite struct ImageStoreTests {
    @Test func `pulls at the same time share the download and the unpacking`() async throws {
        let image = try await FakeImage(["a", "b", "c"])
        try await withFakeRegistry({ image.answer($0) }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch)
                let reference = try ImageReference(parsing: "\(registry.address)/test")
                let pulled = try await withThrowingTaskGroup(of: Image.self) { group in
                    for _ in 0..<50 { group.addTask { try await store.pull(reference) } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(pulled.count == 1)
                #expect(pulled.first?.configuration.command == ["run"])
                for index in 0..<3 { #expect(registry.count(image.layerPath(index)) == 1) }
                #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
            }
        }
    }

    @Test func `a layer that two images have is fetched once`() async throws {
        let first = try await FakeImage(["base", "one"])
        let second = try await FakeImage(["base", "two"])
        try await withFakeRegistry({ request in
            let isSecond = request.path.contains("second") || [second.configurationPath, second.layerPath(1)].contains(request.path)
            return (isSecond ? second : first).answer(request)
        }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch)
                let one = try await store.pull(try ImageReference(parsing: "\(registry.address)/test:first"))
                let two = try await store.pull(try ImageReference(parsing: "\(registry.address)/test:second"))
                #expect(one.layers[0] == two.layers[0])
                #expect(one.layers[1] != two.layers[1])
                #expect(registry.count(first.layerPath(0)) == 1)
            }
        }
    }

    @Test func `a layer that an image has twice is mounted once, at its highest place`() async throws {
        let image = try await FakeImage(["a", "b", "a"])
        try await withFakeRegistry({ image.answer($0) }) { registry in
            try await withScratch { (scratch) async throws in
                let pulled = try await makeStore(scratch).pull(try ImageReference(parsing: "\(registry.address)/test"))
                #expect(try pulled.layers.map { try names(in: $0) } == [["b"], ["a"]])
            }
        }
    }

    @Test func `one that gives up does not stop the others, and when all give up the work stops`() async throws {
        let image = try await FakeImage(["a"])
        let gate = Mutex(false)
        try await withFakeRegistry({ request in
            request.path == image.layerPath(0) && !gate.withLock { $0 } ? .silence : image.answer(request)
        }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch) { $0.attempts = 1 }
                let reference = try ImageReference(parsing: "\(registry.address)/test")
                let pulls = (0..<3).map { _ in Task { try await store.pull(reference) } }
                try await eventually { registry.count(image.layerPath(0)) == 1 }
                pulls[0].cancel()
                await #expect { _ = try await pulls[0].value } throws: { ($0 as? ImageError)?.code == .cancelled }
                #expect(registry.count(image.layerPath(0)) == 1)
                for pull in pulls { pull.cancel() }
                for pull in pulls { await #expect(throws: ImageError.self) { try await pull.value } }
                gate.withLock { $0 = true }
                #expect(try await store.pull(reference).layers.count == 1)
                #expect(registry.count(image.layerPath(0)) == 2)
            }
        }
    }

    @Test func `what a killed process left is removed, what is complete stays`() async throws {
        let image = try await FakeImage()
        try await withFakeRegistry({ image.answer($0) }) { registry in
            try await withScratch { (scratch) async throws in
                let reference = try ImageReference(parsing: "\(registry.address)/test")
                let pulled = try await makeStore(scratch).pull(reference)
                try await run("mkdir", "-p", "\(scratch)/store/temporary/7/etc")
                try write("half".utf8, to: "\(scratch)/store/temporary/7/etc/file")
                try write("half".utf8, to: "\(scratch)/store/temporary/8")
                let store = try makeStore(scratch)
                #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
                let requests = registry.requests.count
                #expect(try await store.pull(reference) == pulled)
                #expect(registry.requests.count == requests)
            }
        }
    }

    @Test func `a missing layer or a broken record is pulled again`() async throws {
        let image = try await FakeImage()
        try await withFakeRegistry({ image.answer($0) }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch)
                let reference = try ImageReference(parsing: "\(registry.address)/test")
                let pulled = try await store.pull(reference)
                try await run("rm", "-r", pulled.layers[0])
                #expect(try await store.pull(reference) == pulled)
                #expect(try names(in: pulled.layers[0]) == ["a"])
                #expect(registry.count(image.layerPath(1)) == 1)
                for folder in ["images", "references"] {
                    for name in try names(in: "\(scratch)/store/\(folder)") {
                        try write("{".utf8, to: "\(scratch)/store/\(folder)/\(name)")
                    }
                }
                #expect(try await store.pull(reference) == pulled)
            }
        }
    }

    @Test func `a store has its folder for itself`() async throws {
        try await withScratch { (scratch) async throws in
            let store = try makeStore(scratch)
            #expect { _ = try makeStore(scratch) } throws: { ($0 as? ImageError)?.reason.contains("in use") == true }
            _ = store
        }
    }

    @Test(arguments: ["relative/store", "", "/proc/agora-store", "/dev/null/store"])
    func `a folder that cannot be used is named`(_ directory: String) {
        #expect {
            _ = try ImageStore(directory: directory, logger: Logger(label: "test"))
        } throws: { ($0 as? ImageError)?.code == .storage && ($0 as? ImageError)?.image == nil }
    }

    @Test func `layers are closed to everyone but root`() async throws {
        try await withScratch { (scratch) async throws in
            _ = try makeStore(scratch)
            #expect(Node("\(scratch)/store/layers")?.mode == 0o700)
            #expect(Node("\(scratch)/store/temporary")?.mode == 0o700)
        }
    }

    @Test func `a full disk is said and leaves nothing`() async throws {
        var image = try await FakeImage(["a"])
        var random = SystemRandomNumberGenerator()
        let noise = TarEntry(name: Array("noise".utf8), contents: (0..<(3 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) })
        image.layers = [try await tar([noise], .gzip)]
        let diffID = ImageDigest(of: try await tar([noise]))
        image.configuration = Array(#"{"rootfs":{"type":"layers","diff_ids":["\#(diffID)"]}}"#.utf8)
        image.rebuildManifest()
        try await withFakeRegistry({ [image] in image.answer($0) }) { registry in
            // Room for nothing; for the download, but not for the layer; for both.
            for (size, code) in [(1, ImageError.Code.storage), (5, .storage), (8, nil)] {
                try await withScratch { (scratch) async throws in
                    mkdir("\(scratch)/disk", 0o755)
                    try #require(mount("tmpfs", "\(scratch)/disk", "tmpfs", 0, "size=\(size)m") == 0)
                    defer { umount2("\(scratch)/disk", CInt(MNT_DETACH)) }
                    let store = try makeStore("\(scratch)/disk")
                    #expect(await pullCode(store, "\(registry.address)/test") == code)
                    #expect(try temporaryFiles("\(scratch)/disk").isEmpty)
                }
            }
        }
    }
}

/// Waits for something to come about, at most a minute.
private func eventually(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !condition() {
        try #require(ContinuousClock.now < end, "it did not come about")
        try await Task.sleep(for: .milliseconds(2))
    }
}
