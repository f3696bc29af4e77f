import CArchive
import Fetcher
import Foundation
import Testing

/// What is unpacked, and how names come through.
@Suite struct ArchiveTests {
    @Test(arguments: [
        ("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tbz2", "w:bz2"), ("a.tar.xz", "w:xz"),
        ("A.TXZ", "w:xz"), ("wrong.tgz", "w"), ("wrong.tar", "w:xz"),
    ])
    func unpacksTars(name: String, mode: String) async throws {
        try await FetchFixture.run { fixture in
            let script = "tar('\(mode)', entry('d', type=tarfile.DIRTYPE, mode=0o755), entry('d/f', b'text'))"
            let path = try await fixture.archive(name, script)
            try await fixture.fetch(FetchItem(uri: path))
            #expect(fixture.names == ["d", "d/f", name].sorted())
            #expect(fixture.text("d/f") == "text")
        }
    }

    @Test func unpacksZstd() async throws {
        try await FetchFixture.run { fixture in
            let tar = try await fixture.archive("plain", "tar('w', entry('f', b'text'))")
            let packed = try #require(Self.zstd(try Data(contentsOf: URL(fileURLWithPath: tar))))
            try await fixture.fetch(FetchItem(uri: try fixture.file("a.tar.zst", packed)))
            #expect(fixture.text("f") == "text")
        }
    }

    @Test func unpacksZipsWithLinksAndModes() async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive(
                "a.zip",
                """
                with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
                    z.writestr('d/f', 'text')
                    program = zipfile.ZipInfo('run'); program.external_attr = 0o104755 << 16; z.writestr(program, '#!')
                    link = zipfile.ZipInfo('link'); link.external_attr = 0o120777 << 16; z.writestr(link, 'd/f')
                """
            )
            try await fixture.fetch(FetchItem(uri: "file://\(path)"))
            #expect(fixture.text("link") == "text")
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.sandbox.appending(path: "run").path)
            #expect(attributes[.posixPermissions] as? Int == 0o755)
        }
    }

    @Test func decompressesALoneFile() async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive("log.txt.gz", "open(path, 'wb').write(gzip.compress(b'one') + gzip.compress(b'two'))")
            try await fixture.fetch(FetchItem(uri: path))
            #expect(fixture.names == ["log.txt", "log.txt.gz"])
            #expect(fixture.text("log.txt") == "onetwo")
        }
    }

    @Test func leavesAlone() async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive("a.tar", "tar('w', entry('f', b'text'))")
            try await fixture.fetch(
                FetchItem(uri: path, extracts: false),
                FetchItem(uri: path, isExecutable: true, outputFile: "b.tar"),
                FetchItem(uri: path, outputFile: "plain")
            )
            #expect(fixture.names == ["a.tar", "b.tar", "plain"])
        }
    }

    @Test(arguments: ["a.tar", "a.zip", "a.txt.gz", "a.tar.xz"]) func refusesWhatIsNoArchive(name: String) async throws {
        try await FetchFixture.run { fixture in
            for content in ["", "hello", String(repeating: "hello world ", count: 1000)] {
                let failure = await fixture.failure(FetchItem(uri: try fixture.file(name, Array(content.utf8))))
                #expect(failure?.code == .invalidArchive || (failure == nil && content.isEmpty), "\(name), \(content.count) bytes")
            }
        }
    }

    private static let tenFiles = "with zipfile.ZipFile(path, 'w') as z: [z.writestr(str(i), bytes(1000)) for i in range(10)]"

    /// The zips end between two files, and before their list of files: what is there can be read, what is missing is not seen.
    @Test(arguments: [
        ("a.tar.gz", "tar('w:gz', entry('f', os.urandom(100000)))", 50_000),
        ("a.zip", tenFiles, 5 * 1031), ("a.zip", tenFiles, 10 * 1031), ("a.zip", tenFiles, 5500),
    ])
    func refusesATruncatedArchive(name: String, script: String, bytes: Int) async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive(name, script)
            let part = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(bytes)
            let failure = await fixture.failure(FetchItem(uri: try fixture.file("part-\(name)", part)))
            #expect(failure?.code == .invalidArchive)
            #expect(!fixture.hasSandbox)
        }
    }

    /// Mesos's fetcher crashed on names that are not ASCII.
    @Test(arguments: ["PAX_FORMAT", "GNU_FORMAT", "USTAR_FORMAT"]) func keepsNamesOfTarsAsTheyAre(format: String) async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive(
                "a.tar",
                "tar('w', entry('日本/é'), entry('e\\u0301'), entry('\\udcff\\udce9'), format=tarfile.\(format), errors='surrogateescape')"
            )
            try await fixture.fetch(FetchItem(uri: path))
            let names = try Self.bytes(of: fixture.sandbox.path)
            let precomposed = try Self.bytes(of: fixture.sandbox.appending(path: "日本").path)
            #expect(names.contains([0xff, 0xe9]) && names.contains(Array("e\u{301}".utf8)))
            #expect(precomposed == [Array("\u{e9}".utf8)])
        }
    }

    @Test func keepsNamesOfZips() async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive(
                "a.zip",
                """
                with zipfile.ZipFile(path, 'w') as z:
                    z.writestr('日本', 'x'); z.writestr('QQ', 'y')
                data = open(path, 'rb').read().replace(b'QQ', b'\\xe9\\xff')
                open(path, 'wb').write(data)
                """
            )
            try await fixture.fetch(FetchItem(uri: path))
            let names = try Self.bytes(of: fixture.sandbox.path)
            #expect(names.contains(Array("日本".utf8)) && names.contains([0xe9, 0xff]))
        }
    }

    /// The names in a folder, as bytes.
    private static func bytes(of folder: String) throws -> [[UInt8]] {
        guard let stream = opendir(folder) else { throw CocoaError(.fileNoSuchFile) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name) }
        }
        return names
    }

    private static func zstd(_ content: Data) -> Data? {
        guard let archive = archive_write_new(), let entry = archive_entry_new() else { return nil }
        var packed = [UInt8](repeating: 0, count: 1 << 20)
        var size = 0
        archive_write_add_filter_zstd(archive)
        archive_write_set_format_raw(archive)
        archive_write_open_memory(archive, &packed, packed.count, &size)
        archive_entry_set_filetype(entry, 0o100000)
        archive_write_header(archive, entry)
        content.withUnsafeBytes { _ = archive_write_data(archive, $0.baseAddress, $0.count) }
        archive_write_close(archive)
        archive_entry_free(entry)
        archive_write_free(archive)
        return Data(packed.prefix(size))
    }
}
