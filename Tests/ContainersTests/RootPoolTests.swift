import Cluster
import Dispatch
import Glibc
import LinuxKernel
import Testing

@testable import Containers

/// Roots that are built before they are asked for.
// Overlays need root.
@Suite(.enabled(if: geteuid() == 0))
struct RootPoolTests {
    /// A pool in a folder of its own, with a layer.
    private func withPool(_ body: (RootPool, Folder, PreparedRoot.Kind) throws -> Void) throws {
        let name = "agora-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let base = try Folder.make("/tmp/\(name)")
        let pool = RootPool(folder: try Folder.make("\(base.path)/prepared"))
        defer {
            pool.close()
            try? Folder.open("/tmp").removeTree(name)
        }
        let layer = try ImageFixture.files("\(base.path)/layer", ["a": "of the layer"])
        try body(pool, try Folder.open("\(base.path)/prepared"), PreparedRoot.Kind(layers: [layer], firstID: nil))
    }

    /// Has a pool build one kind, by asking for it in vain.
    private func fill(_ pool: RootPool, _ kind: PreparedRoot.Kind) throws {
        if let root = pool.take(kind) { Issue.record("\(root.name) is there already") }
        try pool.fill { _ throws(KernelError) in throw KernelError("find a user namespace", code: ENOENT) }
    }

    @Test func someOfAKindAreBuiltAndNoneOfAnother() throws {
        try withPool { pool, folder, kind in
            #expect(pool.take(kind) == nil)
            try fill(pool, kind)
            #expect(try folder.names().count == 4)
            let root = try #require(pool.take(kind))
            #expect(try Folder.open("\(folder.path)/\(root.name)").names().sorted() == ["upper", "work"])
            #expect(pool.take(PreparedRoot.Kind(layers: kind.layers, firstID: 700_000)) == nil)
            #expect(pool.take(PreparedRoot.Kind(layers: ["/tmp"], firstID: nil)) == nil)
        }
    }

    @Test func whatWasBuiltOfLayersThatAreGoneIsGivenUp() throws {
        try withPool { pool, folder, kind in
            try fill(pool, kind)
            let layer = kind.layers[0]
            #expect(rename(layer, layer + "-former") == 0)
            #expect(pool.take(kind) == nil)
            // What was asked for before cannot be built, and is in nobody's way.
            #expect(throws: KernelError.self) { try fill(pool, PreparedRoot.Kind(layers: [layer + "-former"], firstID: nil)) }
            _ = try ImageFixture.files(layer, ["a": "of the new layer"])
            #expect(pool.take(kind) == nil)
            #expect(try folder.names().count == 4, "those of the layer at its new place")
        }
    }

    @Test func thereAreNoMoreThanAFewOfAllKinds() throws {
        try withPool { pool, folder, kind in
            for number in 0..<5 {
                let layer = try ImageFixture.files("\(kind.layers[0])-\(number)", [:])
                try fill(pool, PreparedRoot.Kind(layers: [layer], firstID: nil))
            }
            #expect(try folder.names().count == 8)
            pool.close()
            #expect(try folder.names().isEmpty)
            try fill(pool, kind)
            #expect(try folder.names().isEmpty)
        }
    }

    @Test func nobodyIsAtWorkInTheFolderOnceItIsClosed() throws {
        for _ in 0..<20 {
            try withPool { pool, folder, kind in
                DispatchQueue.global().async { try? fill(pool, kind) }
                while try folder.names().isEmpty { sched_yield() }
                pool.close()
                let left = try folder.names()
                #expect(left.isEmpty)
            }
        }
    }

    @Test func whatCannotBeMountedLeavesNothing() throws {
        try withPool { pool, folder, kind in
            // No overlay can be made of processes.
            let kind = PreparedRoot.Kind(layers: [kind.layers[0], "/proc/self"], firstID: nil)
            #expect(throws: KernelError.self) { try fill(pool, kind) }
            let left = try folder.names()
            #expect(left.isEmpty)
        }
    }

    @Test func layersThatAreMissingAreNamed() throws {
        try withPool { pool, folder, _ in
            #expect {
                try fill(pool, PreparedRoot.Kind(layers: ["/not/there"], firstID: nil))
            } throws: {
                "\($0)".contains("/not/there")
            }
            let left = try folder.names()
            #expect(left.isEmpty)
        }
    }

    /// With ids of its own or without.
    @Test(arguments: [UserMapping.never, .always])
    func containersFindAPreparedRootAsTheyWouldHaveBuiltIt(mapping: UserMapping) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", files: ["a": "of the layer"])
            let prepared = try Folder.open("\(fixture.base)/run/prepared")
            // Whose files are, what can be changed, what earlier ones left.
            let line = "cat /a; stat -c '%u %a' / /a /bin/busybox; echo changed > /a; rm /bin/wc; mkdir /made; ls /; stat -c %u /made /a"
            var outputs: [String] = []
            for number in 0..<4 {
                outputs.append(
                    try await fixture.output(of: ContainerID("c\(number)"), line) {
                        $0.root = .image(layers: [layer])
                        $0.environment = [("PATH", "/bin")]
                    }
                )
                _ = try await fixture.containerizer.remove(ContainerID("c\(number)"))
                try await eventually("the next is prepared") { try !prepared.names().isEmpty }
            }
            #expect(Set(outputs).count == 1, "\(outputs)")
            #expect(outputs[0].hasPrefix("of the layer0 755\n"), "\(outputs[0])")
        } configure: {
            $0.confinement.userMapping = mapping
        }
    }
}
