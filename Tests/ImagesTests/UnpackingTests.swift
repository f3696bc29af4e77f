import CArchive
import Crypto
import Glibc
import Testing

@testable import Images

@Suite struct UnpackingTests {
    @Test func `files keep contents, owner, permissions and time`() async throws {
        var file = TarEntry.file("bin/tool", "hello", mode: 0o4751)
        file.user = 1000
        file.group = 4_000_000_000
        var folder = TarEntry.folder("private", mode: 0o1700)
        folder.modified = 1_500_000_000
        try await withUnpacked([folder, file, .file("private/later", "x")]) { (layer) throws in
            let tool = try #require(Node("\(layer)/bin/tool"))
            #expect(try text("\(layer)/bin/tool") == "hello")
            #expect(tool.mode == 0o4751)
            #expect(tool.status.st_uid == 1000)
            #expect(tool.status.st_gid == 4_000_000_000)
            #expect(tool.status.st_mtim.tv_sec == 1_600_000_000)
            #expect(tool.status.st_mtim.tv_nsec == 123_456_789)
            // A folder the tar does not name, and one that is written into after its entry.
            #expect(Node("\(layer)/bin")?.mode == 0o755)
            #expect(Node("\(layer)/private")?.mode == 0o1700)
            #expect(Node("\(layer)/private")?.status.st_mtim.tv_sec == 1_500_000_000)
        }
    }

    @Test func `links, devices and FIFOs become what they are`() async throws {
        var null = TarEntry.file("dev/null", mode: 0o666)
        null.kind = S_IFCHR
        null.device = 0x103
        var fifo = TarEntry.file("pipe", mode: 0o622)
        fifo.kind = S_IFIFO
        let entries: [TarEntry] = [
            .file("a", "x"), .hardLink("b", to: "a"), .hardLink("c", to: "./b"), .link("d", to: "/absolute/nowhere"),
            .hardLink("e", to: "d"), null, fifo,
        ]
        try await withUnpacked(entries) { (layer) throws in
            #expect(Node("\(layer)/a") == Node("\(layer)/b"))
            #expect(Node("\(layer)/a") == Node("\(layer)/c"))
            #expect(symbolicLink("\(layer)/d") == "/absolute/nowhere")
            #expect(Node("\(layer)/d") == Node("\(layer)/e"))
            #expect(Node("\(layer)/dev/null")?.kind == S_IFCHR)
            #expect(Node("\(layer)/dev/null")?.status.st_rdev == 0x103)
            #expect(Node("\(layer)/dev/null")?.mode == 0o666)
            #expect(Node("\(layer)/pipe")?.kind == S_IFIFO)
        }
    }

    @Test func `user attributes and capabilities are kept, overlayfs's own are not`() async throws {
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        var file = TarEntry.file("ping", "x", mode: 0o755)
        file.attributes = [
            ("user.origin", Array("here".utf8)), ("security.capability", capability),
            ("trusted.overlay.redirect", Array("/etc".utf8)), ("user.overlay.opaque", Array("y".utf8)),
        ]
        try await withUnpacked([file]) { (layer) throws in
            #expect(attribute("user.origin", of: "\(layer)/ping") == Array("here".utf8))
            #expect(attribute("security.capability", of: "\(layer)/ping") == capability)
            #expect(attribute("trusted.overlay.redirect", of: "\(layer)/ping") == nil)
            #expect(attribute("user.overlay.opaque", of: "\(layer)/ping") == nil)
        }
    }

    @Test func `holes stay holes`() async throws {
        var file = TarEntry.file("sparse", "start")
        file.sparseLength = 64 << 20
        try await withUnpacked([file]) { (layer) throws in
            let node = try #require(Node("\(layer)/sparse"))
            #expect(node.status.st_size == 64 << 20)
            #expect(node.status.st_blocks < 100)
            #expect(try contents("\(layer)/sparse").prefix(6) == Array("start\0".utf8)[...])
        }
    }

    @Test(arguments: TarCompression.allCases)
    func `compression is recognised by content and the diff id is that of the plain tar`(_ compression: TarCompression) async throws {
        let entries: [TarEntry] = [.folder("etc"), .file("etc/motd", String(repeating: "welcome ", count: 100_000))]
        let plain = try await tar(entries)
        let layer = try await tar(entries, compression)
        #expect(compression == .none || layer.count < plain.count / 10)
        try await withScratch { (scratch) async throws in
            let diffID = try unpack(layer, in: scratch)
            #expect(diffID == ImageDigest(SHA256.hash(data: plain)))
            #expect(try contents("\(scratch)/layer/etc/motd").count == 800_000)
        }
    }

    @Test func `a layer in several gzip members is one tar`() async throws {
        let plain = try await tar([.file("a", "first"), .file("b", "second")])
        try await withScratch { (scratch) async throws in
            try write(plain.prefix(700), to: "\(scratch)/1")
            try write(plain.dropFirst(700), to: "\(scratch)/2")
            try await run("gzip", "\(scratch)/1", "\(scratch)/2")
            let layer = try contents("\(scratch)/1.gz") + contents("\(scratch)/2.gz")
            #expect(try unpack(layer, in: scratch) == ImageDigest(of: plain))
            #expect(try text("\(scratch)/layer/b") == "second")
        }
    }

    @Test func `a layer that ends right behind its last file is whole`() async throws {
        let contents = String(repeating: "x", count: 700)
        let whole = try await tar([.file("a", contents)])
        let end = try #require(whole.lastIndex(of: UInt8(ascii: "x")))
        try await withScratch { (scratch) async throws in
            let cut = Array(whole[...end])
            #expect(try unpack(cut, in: scratch) == ImageDigest(of: cut))
            #expect(try text("\(scratch)/layer/a") == contents)
        }
    }

    @Test func `names are bytes`() async throws {
        let composed = "F\u{151}tan\u{fa}s"
        let decomposed = "e\u{301}"
        var entries = [
            TarEntry.file(composed), .file(decomposed), .file("new\nline"), .link("l", to: decomposed), .hardLink("h", to: decomposed),
        ]
        entries.append(TarEntry(name: [0x62, 0xff, 0xfe]))
        try await withUnpacked(entries) { (layer) throws in
            let folder = try FileDescriptor.folder(layer)
            let found = Set(try entryNames(of: folder.raw).map { $0.dropLast().map { UInt8(bitPattern: $0) } })
            let expected = Set([Array(composed.utf8), Array(decomposed.utf8), Array("new\nline".utf8), [0x6c], [0x68], [0x62, 0xff, 0xfe]])
            #expect(found == expected)
            #expect(symbolicLink("\(layer)/l")?.utf8.elementsEqual(decomposed.utf8) == true)
            #expect(Node("\(layer)/h") == Node("\(layer)/\(decomposed)"))
        }
    }
}

@Suite struct LayerNameTests {
    /// A pax header can say what a name of the file system cannot.
    @Test func `a NUL ends a name`() async throws {
        var layer = try await tar([.file("\u{e9}?x"), .file("b")])
        let record = try #require(layer.firstRange(of: Array("path=".utf8)))
        let mark = try #require(layer[record.upperBound...].firstIndex(of: UInt8(ascii: "?")))
        layer[mark] = 0
        try await withScratch { (scratch) async throws in
            _ = try unpack(layer, in: scratch)
            #expect(try names(in: "\(scratch)/layer") == ["b", "\u{e9}"])
        }
    }
}

/// The value of an extended attribute, `nil` if there is none.
func attribute(_ name: String, of path: String) -> [UInt8]? {
    var value = [UInt8](repeating: 0, count: 256)
    let count = getxattr(path, name, &value, value.count)
    return count < 0 ? nil : Array(value[..<count])
}
