import Synchronization
import TestSupport
import Testing

@testable import Images

/// Downloads that break off and are gone on with.
@Suite struct ResumeTests {
    /// An image of one layer of some hundred KiB that cannot be compressed.
    private func image() async throws -> FakeImage {
        var image = try await FakeImage(["a"])
        var random = SystemRandomNumberGenerator()
        let noise = TarEntry(name: Array("noise".utf8), contents: (0..<(300 << 10)).map { _ in UInt8.random(in: 0...255, using: &random) })
        image.layers = [try await tar([noise], .gzip)]
        image.diffIDs = [ImageDigest(of: try await tar([noise]))]
        image.configuration = Array(#"{"rootfs":{"type":"layers","diff_ids":["\#(image.diffIDs[0])"]}}"#.utf8)
        image.rebuildManifest()
        return image
    }

    /// What a server answers that sends a part and then is gone.
    private static func broken(_ layer: [UInt8], after count: Int) -> FakeRegistry.Answer {
        .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: \(layer.count)\r\n\r\n".utf8) + layer.prefix(count))
    }

    /// Where a client wants a body to begin: what was sent before it broke off may have arrived only in part.
    private static func start(of range: String?) -> Int {
        Int((range ?? "").dropFirst("bytes=".count).prefix { $0.isNumber }) ?? 0
    }

    @Test func `a broken connection costs only what had not arrived`() async throws {
        let image = try await image()
        let layer = image.layers[0]
        let attempts = Atomic(0)
        try await withFakeRegistry({ request in
            guard request.path == image.layerPath(0) else { return image.answer(request) }
            return attempts.add(1, ordering: .relaxed).newValue == 1 ? Self.broken(layer, after: 100_000) : image.answer(request)
        }) { registry in
            try await withScratch { (scratch) async throws in
                let pulled = try await makeStore(scratch).pull(try ImageReference(parsing: "\(registry.address)/test"))
                #expect(try names(in: pulled.layers[0]) == ["noise"])
                let ranges = registry.requests.filter { $0.path == image.layerPath(0) }.map { $0.headers["range"] }
                #expect(ranges.count == 2 && ranges[0] == nil)
                #expect((1...100_000).contains(Self.start(of: ranges.last ?? nil)))
                #expect(try partialFiles(scratch) == [])
            }
        }
    }

    @Test func `a download goes on after a restart`() async throws {
        let image = try await image()
        let isWhole = Atomic(false)
        try await withFakeRegistry({ request in
            guard request.path == image.layerPath(0), !isWhole.load(ordering: .relaxed) else { return image.answer(request) }
            return Self.broken(image.layers[0], after: 200_000)
        }) { registry in
            try await withScratch { (scratch) async throws in
                #expect(await pullCode(try makeStore(scratch) { $0.attempts = 1 }, "\(registry.address)/test") == .unreachable)
                #expect(try partialFiles(scratch) == [ImageDigest(of: image.layers[0]).hex])
                isWhole.store(true, ordering: .relaxed)
                let store = try makeStore(scratch)
                let progress = Mutex<[Int64]>([])
                _ = try await store.pull(try ImageReference(parsing: "\(registry.address)/test")) { event in
                    if case .downloading(_, let bytes, _) = event { progress.withLock { $0.append(bytes) } }
                }
                let range = registry.requests.last { $0.path == image.layerPath(0) }?.headers["range"]
                #expect((1...200_000).contains(Self.start(of: range)))
                #expect(progress.withLock { $0.last } == Int64(image.layers[0].count))
                #expect(try partialFiles(scratch) == [])
            }
        }
    }

    enum Spoilt: String, CaseIterable {
        case content, tooLong, complete, completeButWrong
    }

    @Test(arguments: Spoilt.allCases) func `what is kept is not believed`(_ spoilt: Spoilt) async throws {
        let image = try await image()
        let layer = image.layers[0]
        let kept: [UInt8] =
            switch spoilt {
            case .content: [UInt8](repeating: 0, count: 5000)
            case .tooLong: layer + [0]
            case .complete: layer
            case .completeButWrong: [UInt8](repeating: 0, count: layer.count)
            }
        try await withFakeRegistry({ image.answer($0) }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch)
                try write(kept, to: "\(scratch)/store/partial/\(ImageDigest(of: layer).hex)")
                _ = try await store.pull(try ImageReference(parsing: "\(registry.address)/test"))
                let ranges = registry.requests.filter { $0.path == image.layerPath(0) }.map { $0.headers["range"] }
                let expected: [String?] =
                    switch spoilt {
                    case .content: ["bytes=5000-", nil]
                    case .tooLong, .completeButWrong: [nil]
                    case .complete: []
                    }
                #expect(ranges == expected)
            }
        }
    }

    /// Servers that know no parts, or answer something else.
    @Test(arguments: [(200, nil), (206, "bytes 0-1/2"), (206, nil), (416, nil)] as [(Int, String?)])
    func `a server may not know how to go on`(_ status: Int, _ range: String?) async throws {
        let image = try await image()
        try await withFakeRegistry({ request in
            guard request.path == image.layerPath(0), request.headers["range"] != nil else { return image.answer(request) }
            return .response(
                status: status,
                headers: range.map { ["Content-Range": $0] } ?? [:],
                body: status == 416 ? [] : image.layers[0]
            )
        }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch)
                try write(image.layers[0].prefix(1000), to: "\(scratch)/store/partial/\(ImageDigest(of: image.layers[0]).hex)")
                #expect(try await store.pull(try ImageReference(parsing: "\(registry.address)/test")).layers.count == 1)
            }
        }
    }

    @Test func `what can never become right is not kept`() async throws {
        var image = try await image()
        let digest = ImageDigest(of: image.layers[0])
        image.layers[0][5000] ^= 1
        try await withFakeRegistry({ [image] request in
            request.path == "/v2/test/blobs/\(digest)" ? .response(status: 200, body: image.layers[0]) : image.answer(request)
        }) { registry in
            try await withScratch { (scratch) async throws in
                #expect(await pullCode(try makeStore(scratch), "\(registry.address)/test") == .digestMismatch)
                #expect(try partialFiles(scratch) == [])
            }
        }
    }

    @Test func `a download that nobody goes on with is removed in time`() async throws {
        try await withScratch { (scratch) async throws in
            _ = try makeStore(scratch)
            for (name, day) in [("old", "2 days ago"), ("new", "1 hour ago")] {
                try write("half".utf8, to: "\(scratch)/store/partial/\(name)")
                try await run("touch", "-d", day, "\(scratch)/store/partial/\(name)")
            }
            _ = try makeStore(scratch)
            #expect(try partialFiles(scratch) == ["new"])
        }
    }
}
