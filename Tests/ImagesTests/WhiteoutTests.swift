import Glibc
import Testing

@testable import Images

@Suite struct WhiteoutTests {
    @Test func `a whiteout becomes overlayfs's device`() async throws {
        try await withUnpacked([.folder("etc"), .file("etc/.wh.passwd"), .file(".wh.opt")]) { (layer) throws in
            #expect(Node("\(layer)/etc/passwd")?.isWhiteout == true)
            #expect(Node("\(layer)/opt")?.isWhiteout == true)
            #expect(try names(in: "\(layer)/etc") == ["passwd"])
            #expect(try names(in: layer) == ["etc", "opt"])
        }
    }

    @Test func `an opaque marker becomes overlayfs's attribute, whatever its place in the tar`() async throws {
        try await withUnpacked([.file("var/kept", "x"), .file("var/.wh..wh..opq"), .file("new/.wh..wh..opq")]) { (layer) throws in
            #expect(attribute("trusted.overlay.opaque", of: "\(layer)/var") == Array("y".utf8))
            #expect(attribute("trusted.overlay.opaque", of: "\(layer)/new") == Array("y".utf8))
            #expect(try names(in: "\(layer)/var") == ["kept"])
        }
    }

    @Test func `a whiteout speaks of the layers below only`() async throws {
        let entries: [TarEntry] = [
            .file("file", "x"), .file(".wh.file"), .folder("folder"), .file("folder/a"), .file(".wh.folder"),
            .file(".wh.first"), .file("first", "again"), .file(".wh.again"), .folder("again"), .file("again/b"),
            .file(".wh.implied"), .file("implied/c"),
        ]
        try await withUnpacked(entries) { (layer) throws in
            #expect(try text("\(layer)/file") == "x")
            #expect(try text("\(layer)/first") == "again")
            for name in ["folder", "again", "implied"] {
                #expect(attribute("trusted.overlay.opaque", of: "\(layer)/\(name)") == Array("y".utf8), "\(name)")
                #expect(try names(in: "\(layer)/\(name)").count == 1)
            }
        }
    }

    @Test func `aufs's own entries are left out`() async throws {
        try await withUnpacked([.folder(".wh..wh.plnk"), .file(".wh..wh.aufs"), .file("a")]) { (layer) throws in
            #expect(try names(in: layer) == ["a"])
        }
    }

    @Test func `overlayfs shows what the layers mean`() async throws {
        let lower = try await tar([.file("etc/gone", "1"), .file("etc/kept", "2"), .file("var/old", "3"), .file("opt/tool", "4")])
        let upper = try await tar([.file("etc/.wh.gone"), .file("var/.wh..wh..opq"), .file("var/new", "5"), .file(".wh.opt")])
        try await withScratch { (scratch) async throws in
            for name in ["lower", "upper"] { mkdir("\(scratch)/\(name)", 0o755) }
            _ = try unpack(lower, in: "\(scratch)/lower")
            _ = try unpack(upper, in: "\(scratch)/upper")
            mkdir("\(scratch)/merged", 0o755)
            let options = "lowerdir=\(scratch)/upper/layer:\(scratch)/lower/layer"
            try #require(mount("overlay", "\(scratch)/merged", "overlay", 1, options) == 0)
            defer { umount2("\(scratch)/merged", CInt(MNT_DETACH)) }
            #expect(try names(in: "\(scratch)/merged") == ["etc", "var"])
            #expect(try names(in: "\(scratch)/merged/etc") == ["kept"])
            #expect(try names(in: "\(scratch)/merged/var") == ["new"])
        }
    }
}
