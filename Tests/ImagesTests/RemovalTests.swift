import Glibc
import Synchronization
import Testing

@testable import Images

/// What is removed from a store, and what stays.
@Suite struct RemovalTests {
    /// Two images that share their lower layer, in a store that asks `uses` who needs what.
    private func withTwoImages(
        uses: @escaping @Sendable () -> [LayerUse] = { [] },
        _ body: (_ store: ImageStore, _ first: Pulled, _ second: Pulled, _ scratch: String) async throws -> Void
    ) async throws {
        let first = try await FakeImage(["base", "one"])
        let second = try await FakeImage(["base", "two"])
        try await withFakeRegistry({ request in
            let isSecond = request.path.contains("second") || [second.configurationPath, second.layerPath(1)].contains(request.path)
            return (isSecond ? second : first).answer(request)
        }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch, uses: uses)
                let pulled = try await [":first", ":second"].asyncMap { tag in
                    let name = "\(registry.address)/test\(tag)"
                    return Pulled(name: name, image: try await store.pull(try ImageReference(parsing: name)))
                }
                try await body(store, pulled[0], pulled[1], scratch)
            }
        }
    }

    private struct Pulled {
        let name: String
        let image: Image
    }

    @Test func `a list says what is there`() async throws {
        let uses = Mutex<[LayerUse]>([])
        try await withTwoImages(uses: { uses.withLock { $0 } }) { store, first, second, _ in
            uses.withLock { $0 = [LayerUse(user: "web", layers: second.image.layers)] }
            let images = try await store.images()
            #expect(images.map(\.reference) == [first.name, second.name])
            #expect(images.map(\.digest) == [first.image.digest, second.image.digest])
            // "base" and "one"; "base" and "two"
            #expect(images.map(\.bytes) == [7, 7])
            #expect(images.map(\.users) == [[], ["web"]])
            #expect(images.allSatisfy { abs($0.pulled - StoreClock.now) < 3600 && $0.lastUsed >= $0.pulled - 1 })
        }
    }

    @Test func `a launch makes an image used`() async throws {
        try await withTwoImages { store, first, _, scratch in
            try await age(scratch, seconds: 5000)
            let reference = try ImageReference(parsing: first.name)
            let users = try await store.withImage(reference) { _ in try await store.images().map(\.users) }
            #expect(users == [["a launch"], []])
            let images = try await store.images()
            #expect(images[0].lastUsed - images[1].lastUsed > 4000)
        }
    }

    @Test func `a name is removed, and what only it needed`() async throws {
        try await withTwoImages { store, first, second, scratch in
            let removed = try await store.remove(first.name)
            #expect(removed.references == [first.name] && removed.layers == 1 && removed.bytes == 3)
            #expect(Node(first.image.layers[1]) == nil)
            #expect(second.image.layers.allSatisfy { Node($0) != nil })
            #expect(try await store.images().map(\.reference) == [second.name])
            #expect(try await store.remove(second.name).layers == 2)
            for folder in ["layers/sha256", "sizes", "images", "references", "partial", "temporary"] {
                #expect(try names(in: "\(scratch)/store/\(folder)") == [], "\(folder)")
            }
        }
    }

    @Test func `of several names one goes; a digest means all`() async throws {
        try await withTwoImages { store, first, _, _ in
            let exact = try ImageReference(parsing: "\(first.name.dropLast(":first".count))@\(first.image.digest)")
            _ = try await store.withImage(exact) { _ in }
            #expect(try await store.images().count == 3)
            #expect(try await store.remove(first.name).layers == 0)
            #expect(Node(first.image.layers[1]) != nil)
            _ = try await store.pull(try ImageReference(parsing: first.name))
            let removed = try await store.remove(String(first.image.digest.hex.prefix(12)))
            #expect(removed.references == [first.name, exact.description] && removed.layers == 1)
        }
    }

    @Test(arguments: [
        "nothing:here", "0000", "sha256:0000", "abc", "", "UPPER/x", "a b", "sha256:zz", String(repeating: "x", count: 10_000),
    ])
    func `what is not there is named`(_ name: String) async throws {
        try await withTwoImages { store, _, _, _ in
            await #expect {
                _ = try await store.remove(name)
            } throws: { error in
                let error = error as? ImageError
                return error?.code == .notFound && error.map { $0.reason.hasPrefix("there is no image") && $0.reason.count < 300 } == true
            }
            let left = try await store.images().count
            #expect(left == 2)
        }
    }

    @Test func `an image in use stays, unless forced; its layers stay until its end`() async throws {
        let uses = Mutex<[LayerUse]>([])
        try await withTwoImages(uses: { uses.withLock { $0 } }) { store, first, _, _ in
            // As a container's record has it after a restart.
            uses.withLock { $0 = [LayerUse(user: "web", layers: first.image.layers)] }
            await #expect { _ = try await store.remove(first.name) } throws: { error in
                let error = error as? ImageError
                return error?.code == .inUse && error?.reason.contains("is used by web;") == true
            }
            #expect(try await store.remove(first.name, force: true).layers == 0)
            #expect(try await store.images().count == 1)
            #expect(first.image.layers.allSatisfy { Node($0) != nil })
            let reference = try ImageReference(parsing: first.name)
            #expect(try await store.image(of: reference, withLayers: first.image.layers) == first.image)
            #expect(try await store.removeUnneeded() == ImageRemoval())
            uses.withLock { $0 = [] }
            #expect(try await store.removeUnneeded().layers == 1)
            await #expect { _ = try await store.image(of: reference, withLayers: first.image.layers) } throws: {
                ($0 as? ImageError)?.code == .notFound
            }
        }
    }

    @Test func `a prune leaves what is used and what is excluded`() async throws {
        let uses = Mutex<[LayerUse]>([])
        try await withTwoImages(uses: { uses.withLock { $0 } }) { store, first, second, scratch in
            try write("half".utf8, to: "\(scratch)/store/partial/\(String(repeating: "0", count: 64))")
            uses.withLock { $0 = [LayerUse(user: "web", layers: first.image.layers)] }
            #expect(try await store.prune(except: [try ImageReference(parsing: second.name)]) == ImageRemoval())
            #expect(try partialFiles(scratch) == [])
            #expect(try await store.prune(except: []).references == [second.name])
            #expect(first.image.layers.allSatisfy { Node($0) != nil } && Node(second.image.layers[1]) == nil)
        }
    }

    @Test func `what was not used for long goes by itself`() async throws {
        let uses = Mutex<[LayerUse]>([])
        try await withTwoImages(uses: { uses.withLock { $0 } }) { store, first, second, scratch in
            try await age(scratch, seconds: 7200)
            uses.withLock { $0 = [LayerUse(user: "web", layers: second.image.layers)] }
            var cleanup = ImageCleanup()
            cleanup.headroom = 0
            cleanup.maximumAge = .seconds(9000)
            #expect(try await store.cleanUp(cleanup) == ImageRemoval())
            cleanup.maximumAge = .seconds(3600)
            cleanup.excluded = [try ImageReference(parsing: first.name)]
            #expect(try await store.cleanUp(cleanup) == ImageRemoval())
            cleanup.excluded = []
            #expect(try await store.cleanUp(cleanup).references == [first.name])
            // One that was used until now is not old when its container ends.
            uses.withLock { $0 = [] }
            #expect(try await store.cleanUp(cleanup) == ImageRemoval())
        }
    }

    @Test func `without enough room those go first that were not used for longest, and no more than needed`() async throws {
        try await withTwoImages { store, first, second, scratch in
            try await age(scratch, seconds: 100)
            _ = try await store.withImage(try ImageReference(parsing: first.name)) { _ in }
            var cleanup = ImageCleanup()
            cleanup.headroom = 0.2
            let layers = "\(scratch)/store/layers/sha256"
            // Each layer takes a tenth; three are there.
            let free: @Sendable () throws(ImageError) -> Double = { () throws(ImageError) in
                let folder = try FileDescriptor.folder(layers)
                return 0.4 - Double(try entryNames(of: folder.raw).count) / 10
            }
            #expect(try await store.cleanUp(cleanup, freeSpace: free).references == [second.name])
            #expect(try await store.cleanUp(cleanup, freeSpace: free) == ImageRemoval())
            cleanup.headroom = 0.9
            try write("half".utf8, to: "\(scratch)/store/partial/\(String(repeating: "0", count: 64))")
            #expect(try await store.cleanUp(cleanup, freeSpace: free).references == [first.name])
            #expect(try await store.cleanUp(cleanup, freeSpace: free) == ImageRemoval())
            #expect(try partialFiles(scratch) == [])
        }
    }

    @Test func `a name without an image goes`() async throws {
        try await withTwoImages { store, _, second, scratch in
            for name in try names(in: "\(scratch)/store/images")
            where try text("\(scratch)/store/images/\(name)").contains(second.image.digest.hex) {
                unlink("\(scratch)/store/images/\(name)")
            }
            #expect(try await store.removeUnneeded().layers == 1)
            #expect(try names(in: "\(scratch)/store/references").count == 1)
        }
    }

    @Test func `what no name leads to any more goes`() async throws {
        try await withTwoImages { store, first, _, scratch in
            for name in try names(in: "\(scratch)/store/references") where try text("\(scratch)/store/references/\(name)").contains("first")
            {
                try write("{".utf8, to: "\(scratch)/store/references/\(name)")
            }
            mkdir("\(scratch)/store/layers/sha256/\(String(repeating: "0", count: 64))", 0o755)
            #expect(try await store.removeUnneeded().layers == 2)
            #expect(Node(first.image.layers[1]) == nil)
            #expect(try names(in: "\(scratch)/store/references").count == 1)
        }
    }

    /// Containers as an agent knows them.
    private final class Containers: Sendable {
        private let running = Mutex<[Int: LayerUse]>([:])

        var uses: [LayerUse] { running.withLock { Array($0.values) } }

        /// Launches one after the other, of which each looks whether its layers are there, before and after the launch.
        func launch(_ number: Int, _ names: [String], _ store: ImageStore) async throws {
            for round in 0..<25 {
                let reference = try ImageReference(parsing: names[(number + round) % names.count])
                let layers = try await store.withImage(reference) { image in
                    for layer in image.layers { #expect(Node(layer) != nil) }
                    await Task.yield()
                    running.withLock { $0[number] = LayerUse(user: "\(number)", layers: image.layers) }
                    return image.layers
                }
                for layer in layers { #expect(try ImagesTests.names(in: layer).count == 1) }
                running.withLock { $0[number] = nil }
            }
        }
    }

    @Test func `a launch never loses its layers to a prune`() async throws {
        let containers = Containers()
        try await withTwoImages(uses: { containers.uses }) { store, first, second, _ in
            let names = [first.name, second.name]
            let prunes = Task {
                var removed = 0
                while !Task.isCancelled { removed += try await store.prune(except: []).layers }
                return removed
            }
            let launches = (0..<8).map { number in Task { try await containers.launch(number, names, store) } }
            for launch in launches { try await launch.value }
            prunes.cancel()
            #expect(try await prunes.value > 0)
        }
    }

    /// Makes all names last used so long ago.
    private func age(_ scratch: String, seconds: Int) async throws {
        let folder = "\(scratch)/store/references"
        for name in try names(in: folder) { try await run("touch", "-d", "\(seconds) seconds ago", "\(folder)/\(name)") }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
