import Glibc
import Testing

@testable import Images

/// Layers made to break out, to confuse or to fill the disk. Each must fail as said, or stay within its folder.
@Suite struct HostileLayerTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let entries: [TarEntry]
        let code: ImageError.Code
    }

    static let refused: [Case] = [
        Case(testDescription: "..", entries: [.file("..", "x")], code: .unsafeArchive),
        Case(testDescription: "../", entries: [.file("../outside/new", "x")], code: .unsafeArchive),
        Case(testDescription: "inner ..", entries: [.file("a/../../outside/new", "x")], code: .unsafeArchive),
        Case(testDescription: "absolute ..", entries: [.file("/../outside/new", "x")], code: .unsafeArchive),
        Case(testDescription: "folder ..", entries: [.folder("a/../..")], code: .unsafeArchive),
        Case(testDescription: "link at ..", entries: [.link("../outside/link", to: "x")], code: .unsafeArchive),
        Case(testDescription: "hard link to ..", entries: [.hardLink("h", to: "../outside/secret")], code: .unsafeArchive),
        Case(testDescription: "hard link to a path outside", entries: [.hardLink("h", to: "/etc/passwd")], code: .unsafeArchive),
        Case(
            testDescription: "hard link through a link",
            entries: [.link("l", to: "/etc"), .hardLink("h", to: "l/passwd")],
            code: .unsafeArchive
        ),
        Case(
            testDescription: "hard link through a relative link",
            entries: [.link("l", to: "../../outside"), .hardLink("h", to: "l/secret")],
            code: .unsafeArchive
        ),
        Case(testDescription: "hard link to nothing", entries: [.hardLink("h", to: "later"), .file("later")], code: .unsafeArchive),
        Case(testDescription: "hard link to itself", entries: [.hardLink("h", to: "h")], code: .unsafeArchive),
        Case(testDescription: "hard link to the root", entries: [.hardLink("h", to: "/")], code: .unsafeArchive),
        Case(testDescription: "hard link to a folder", entries: [.folder("d"), .hardLink("h", to: "d")], code: .invalidArchive),
        Case(testDescription: "root as a link", entries: [.link("./", to: "/etc")], code: .unsafeArchive),
        Case(testDescription: "root as a file", entries: [.file(".", "x")], code: .unsafeArchive),
        Case(testDescription: "whiteout of ..", entries: [.file("a/.wh...")], code: .unsafeArchive),
        Case(testDescription: "whiteout of .", entries: [.file(".wh..")], code: .unsafeArchive),
        Case(testDescription: "whiteout of nothing", entries: [.file(".wh.")], code: .unsafeArchive),
        Case(testDescription: "file as a folder", entries: [.file("a", "x"), .file("a/b", "y")], code: .invalidArchive),
        Case(
            testDescription: "link to a file as a folder",
            entries: [.file("f"), .link("a", to: "f"), .file("a/b")],
            code: .invalidArchive
        ),
        Case(testDescription: "link loop", entries: [.link("a", to: "b"), .link("b", to: "a"), .file("a/c")], code: .invalidArchive),
        Case(testDescription: "dangling link", entries: [.link("a", to: "missing"), .file("a/c")], code: .invalidArchive),
        Case(testDescription: "path of 5000 bytes", entries: [.file(String(repeating: "d/", count: 2500) + "f")], code: .limitExceeded),
        Case(testDescription: "component of 300 bytes", entries: [.file(String(repeating: "n", count: 300))], code: .invalidArchive),
        Case(testDescription: "user id -1", entries: [TarEntry(name: [0x61], user: 4_294_967_295)], code: .invalidArchive),
        Case(testDescription: "group id of 33 bits", entries: [TarEntry(name: [0x61], group: 1 << 33)], code: .invalidArchive),
    ]

    @Test(arguments: refused)
    func `is refused and nothing outside is touched`(_ hostile: Case) async throws {
        let layer = try await tar(hostile.entries)
        try await withScratch { (scratch) async throws in
            try prepareOutside(scratch)
            #expect { _ = try unpack(layer, in: scratch) } throws: { ($0 as? ImageError)?.code == hostile.code }
            try expectOutsideUntouched(scratch)
        }
    }

    @Test(arguments: ["/", "/etc", "../../../../../etc", "../outside", "/proc/self/root/etc", "/proc/self/cwd"])
    func `writing through a link stays in the layer`(_ target: String) async throws {
        let entries: [TarEntry] = [
            .folder("etc"), .folder("outside"), .folder("proc/self/root/etc"), .folder("proc/self/cwd"), .link("l", to: target),
            .file("l/agora-escaped", "x"), .folder("l/agora-folder"), .file("l/.wh.agora-gone"),
        ]
        let layer = try await tar(entries)
        try await withScratch { (scratch) async throws in
            try prepareOutside(scratch)
            _ = try unpack(layer, in: scratch)
            try expectOutsideUntouched(scratch)
            for path in ["/agora-escaped", "/etc/agora-escaped", "/etc/agora-folder", "/etc/agora-gone"] { #expect(Node(path) == nil) }
        }
    }

    @Test func `an absolute path is one of the layer`() async throws {
        try await withUnpacked([.file("/etc/agora-escaped", "x"), .file("//a//./b", "y")]) { (layer) throws in
            #expect(try text("\(layer)/etc/agora-escaped") == "x")
            #expect(try text("\(layer)/a/b") == "y")
            #expect(Node("/etc/agora-escaped") == nil)
        }
    }

    @Test func `a name that comes twice means the last`() async throws {
        let entries: [TarEntry] = [
            .file("a", "1"), .file("a", "2"),
            .file("b", "1"), .folder("b"), .file("b/in", "x"),
            .folder("c"), .file("c/deep/in", "x"), .file("c", "file"),
            .folder("d"), .link("d", to: "/etc"),
            .link("e", to: "/etc/passwd"), .file("e", "own"),
            .link("f", to: "/etc"), .folder("f"), .file("f/in", "x"),
            .folder("g", mode: 0o755), .file("g/in", "x"), .folder("g", mode: 0o700),
            // The remembered folder is replaced between two entries in it.
            .file("h/x/1", "1"), .link("h", to: "i"), .folder("i/x"), .file("h/x/2", "2"),
        ]
        try await withUnpacked(entries) { (layer) throws in
            #expect(try text("\(layer)/a") == "2")
            #expect(try text("\(layer)/b/in") == "x")
            #expect(try text("\(layer)/c") == "file")
            #expect(symbolicLink("\(layer)/d") == "/etc")
            #expect(try text("\(layer)/e") == "own")
            #expect(Node("\(layer)/f")?.kind == S_IFDIR)
            #expect(Node("\(layer)/g")?.mode == 0o700)
            #expect(try text("\(layer)/g/in") == "x")
            #expect(try names(in: "\(layer)/i/x") == ["2"])
        }
    }

    @Test func `deeper than paths are long, and removed again`() async throws {
        // Each link takes the next entry 1000 folders further down.
        let step = String(repeating: "d/", count: 1000)
        var entries: [TarEntry] = []
        for level in 0..<8 {
            let start = level == 0 ? "" : "l\(level)/"
            entries.append(.folder(start + step))
            entries.append(.link("l\(level + 1)", to: start + step))
        }
        let layer = try await tar(entries)
        try await withScratch { scratch in _ = try unpack(layer, in: scratch) }
    }

    @Test func `a bomb is cut off`() async throws {
        var zeros = TarEntry.file("zeros")
        zeros.contents = [UInt8](repeating: 0, count: 48 << 20)
        var sparse = TarEntry.file("sparse", "x")
        sparse.sparseLength = 1 << 40
        var limits = ImageLimits()
        limits.unpackedLayerBytes = 16 << 20
        limits.entriesPerLayer = 100
        let bombs = [
            try await tar([zeros], .gzip), try await tar([zeros], .zstd), try await tar([sparse]),
            try await tar((0...100).map { .file("f\($0)") }), try await tar([.file(String(repeating: "d/", count: 101) + "f")]),
            try await gzippedZeros(),
        ]
        for bomb in bombs {
            #expect(bomb.count < 1 << 20)
            try await withScratch { (scratch) async throws in
                #expect { _ = try unpack(bomb, in: scratch, limits: limits) } throws: { ($0 as? ImageError)?.code == .limitExceeded }
                #expect((Node("\(scratch)/layer/zeros")?.status.st_size ?? 0) <= 16 << 20)
            }
        }
    }

    @Test func `broken layers are named as such`() async throws {
        let plain = try await tar([.file("a", String(repeating: "x", count: 5000))])
        let gzip = try await tar([.file("a", String(repeating: "x", count: 5000))], .gzip)
        var flipped = gzip
        flipped[flipped.count - 20] ^= 0xff
        let broken: [[UInt8]] = [
            Array(plain.prefix(3000)), Array(gzip.prefix(gzip.count - 15)), flipped, Array("<html>no layer</html>".utf8),
            [UInt8](repeating: 0x41, count: 100_000), Array("BZh91AY&SY".utf8) + [UInt8](repeating: 7, count: 1000),
        ]
        for layer in broken {
            try await withScratch { (scratch) async throws in
                #expect { _ = try unpack(layer, in: scratch) } throws: { ($0 as? ImageError)?.code == .invalidArchive }
            }
        }
    }

    /// An end-of-archive and then zeros without end: no entries, so only the stream's own limit holds.
    private func gzippedZeros() async throws -> [UInt8] {
        try await withScratch { (scratch) async throws in
            try write([UInt8](repeating: 0, count: 48 << 20), to: "\(scratch)/zeros")
            try await run("gzip", "\(scratch)/zeros")
            return try contents("\(scratch)/zeros.gz")
        }
    }

    private func prepareOutside(_ scratch: String) throws {
        mkdir("\(scratch)/outside", 0o755)
        try write("secret".utf8, to: "\(scratch)/outside/secret")
    }

    private func expectOutsideUntouched(_ scratch: String) throws {
        #expect(try names(in: scratch) == ["layer", "layer.tar", "outside"])
        #expect(try names(in: "\(scratch)/outside") == ["secret"])
        #expect(try text("\(scratch)/outside/secret") == "secret")
        #expect(Node("\(scratch)/outside/secret")?.status.st_nlink == 1)
    }
}
