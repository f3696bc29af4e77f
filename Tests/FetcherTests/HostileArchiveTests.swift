import Fetcher
import Foundation
import Testing

/// Archives whose makers mean harm: nothing is written outside of the sandbox, and nothing without end.
@Suite struct HostileArchiveTests {
    /// A tar, by Python, and what is said of it.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let name: String
        let code: FetchError.Code
        let entries: String

        var testDescription: String { name }
    }

    @Test(arguments: [
        Hostile(name: "step upwards", code: .unsafeArchive, entries: "entry('../escaped', b'x')"),
        Hostile(name: "hidden step upwards", code: .unsafeArchive, entries: "entry('a/../../escaped', b'x')"),
        Hostile(
            name: "through a link out",
            code: .unsafeArchive,
            entries: "entry('d', type=tarfile.SYMTYPE, linkname='..'), entry('d/escaped', b'x')"
        ),
        Hostile(
            name: "through an absolute link",
            code: .unsafeArchive,
            entries: "entry('d', type=tarfile.SYMTYPE, linkname=os.path.dirname(path)), entry('d/escaped', b'x')"
        ),
        Hostile(
            name: "folder over a link",
            code: .unsafeArchive,
            entries: "entry('d', type=tarfile.SYMTYPE, linkname='..'), entry('d', type=tarfile.DIRTYPE, mode=0o777)"
        ),
        Hostile(
            name: "hard link out",
            code: .unsafeArchive,
            entries: "entry('l', type=tarfile.LNKTYPE, linkname='../outside')"
        ),
        Hostile(
            name: "hard link to an absolute path",
            code: .unsafeArchive,
            entries: "entry('l', type=tarfile.LNKTYPE, linkname=os.path.dirname(path) + '/outside')"
        ),
        Hostile(
            name: "hard link through a link",
            code: .unsafeArchive,
            entries: "entry('d', type=tarfile.SYMTYPE, linkname='..'), entry('l', type=tarfile.LNKTYPE, linkname='d/outside')"
        ),
        Hostile(name: "device", code: .unsafeArchive, entries: "entry('null', type=tarfile.CHRTYPE, devmajor=1, devminor=3)"),
        Hostile(name: "pipe", code: .unsafeArchive, entries: "entry('p', type=tarfile.FIFOTYPE)"),
        Hostile(name: "file over a folder", code: .unsafeArchive, entries: "entry('d/f', b'x'), entry('d', b'x')"),
        Hostile(name: "name too long", code: .storage, entries: "entry('x' * 300, b'x')"),
        Hostile(name: "path too long", code: .limitExceeded, entries: "entry('d/' * 3000 + 'f', b'x')"),
        Hostile(name: "too many", code: .limitExceeded, entries: "*[entry(str(i)) for i in range(1001)]"),
        Hostile(name: "too many of one", code: .limitExceeded, entries: "*[entry('./', type=tarfile.DIRTYPE) for i in range(1001)]"),
        Hostile(name: "too many folders", code: .limitExceeded, entries: "*[entry(f'{i}/' * 600 + 'f') for i in range(2)]"),
    ])
    func staysInTheSandbox(hostile: Hostile) async throws {
        try await FetchFixture.run {
            $0.limits.entries = 1000
        } _: { fixture in
            _ = try fixture.file("outside", Array("untouched".utf8))
            let path = try await fixture.archive("a.tar", "tar('w', \(hostile.entries))")
            let failure = try #require(await fixture.failure(FetchItem(uri: path)))
            #expect(failure.code == hostile.code, "\(failure)")
            #expect(!fixture.hasSandbox)
            let outside = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
            #expect(Set(outside) == ["a.tar", "outside", "cache"])
            #expect(try String(contentsOf: fixture.folder.appending(path: "outside"), encoding: .utf8) == "untouched")
        }
    }

    @Test func anAbsoluteNameIsBelowTheSandbox() async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive("a.tar", "tar('w', entry('/etc/agora-escaped', b'x'))")
            try await fixture.fetch(FetchItem(uri: path))
            #expect(fixture.text("etc/agora-escaped") == "x")
            #expect(!FileManager.default.fileExists(atPath: "/etc/agora-escaped"))
        }
    }

    @Test func dropsBitsThatRunAsOthers() async throws {
        try await FetchFixture.run { fixture in
            let path = try await fixture.archive(
                "a.tar",
                "tar('w', entry('f', b'x', mode=0o6755), entry('d', type=tarfile.DIRTYPE, mode=0o7777))"
            )
            try await fixture.fetch(FetchItem(uri: path), user: "1234:5678")
            for (name, mode) in [("f", 0o755), ("d", 0o777)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: fixture.sandbox.appending(path: name).path)
                #expect(attributes[.posixPermissions] as? Int == mode)
                #expect(attributes[.ownerAccountID] as? Int == 1234)
                #expect(attributes[.groupOwnerAccountID] as? Int == 5678)
            }
        }
    }

    @Test func aLinkInTheSandboxIsReplacedNotFollowed() async throws {
        try await FetchFixture.run { fixture in
            let outside = try fixture.file("outside", Array("untouched".utf8))
            try FileManager.default.createDirectory(at: fixture.sandbox, withIntermediateDirectories: true)
            for name in ["f", "g"] {
                try FileManager.default.createSymbolicLink(atPath: fixture.sandbox.appending(path: name).path, withDestinationPath: outside)
            }
            let path = try await fixture.archive("a.tar", "tar('w', entry('g', b'new'))")
            try await fixture.fetch(FetchItem(uri: "/etc/hostname", outputFile: "f"), FetchItem(uri: path))
            #expect(try String(contentsOf: fixture.folder.appending(path: "outside"), encoding: .utf8) == "untouched")
            #expect(fixture.text("g") == "new")
        }
    }

    @Test func aLinkAmongFoldersIsRefused() async throws {
        try await FetchFixture.run { fixture in
            try FileManager.default.createDirectory(at: fixture.sandbox, withIntermediateDirectories: true)
            let planted = fixture.sandbox.appending(path: "d").path
            try FileManager.default.createSymbolicLink(atPath: planted, withDestinationPath: fixture.folder.path)
            let failure = await fixture.failure(FetchItem(uri: "/etc/hostname", outputFile: "d/escaped"))
            #expect(failure?.code == .unsafeArchive)
            #expect(!FileManager.default.fileExists(atPath: fixture.folder.appending(path: "escaped").path))
            // A sandbox that was there before stays.
            #expect(fixture.hasSandbox)
        }
    }

    @Test func refusesTenGigabytesOfZerosByTheUsualLimits() async throws {
        try await FetchFixture.run { fixture in
            // A sparse file makes the archive quickly: 10 GB of zeros in a few kilobytes.
            let path = try await fixture.archive(
                "a.tar.xz",
                """
                import subprocess
                info = tarfile.TarInfo('zeros'); info.size = 10_000_000_000
                with subprocess.Popen(['xz', '-0', '-c'], stdin=subprocess.PIPE, stdout=open(path, 'wb')) as xz:
                    xz.stdin.write(info.tobuf()); xz.stdin.write(bytes(1 << 20)); xz.stdin.close()
                """
            )
            let failure = await fixture.failure(FetchItem(uri: path))
            #expect(failure?.code == .limitExceeded)
            #expect(failure?.description.contains("--fetcher-max-bytes") == true)
            #expect(!fixture.hasSandbox)
        }
    }

    @Test(arguments: [
        ("a.tar.gz", "tar('w:gz', entry('zeros', bytes(30_000_000)))"),
        ("a.bin.gz", "open(path, 'wb').write(gzip.compress(bytes(30_000_000)))"),
        ("a.zip", "zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED).writestr('zeros', bytes(30_000_000))"),
        (
            "b.zip",
            "z = zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED); [z.writestr(str(i), bytes(6_000_000)) for i in range(5)]; z.close()"
        ),
    ])
    func stopsAtTheLimit(name: String, script: String) async throws {
        try await FetchFixture.run {
            $0.limits.bytes = 20_000_000
        } _: { fixture in
            let path = try await fixture.archive(name, script)
            let failure = await fixture.failure(FetchItem(uri: path))
            #expect(failure?.code == .limitExceeded)
            #expect(!fixture.hasSandbox)
        }
    }
}
