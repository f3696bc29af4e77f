import Fetcher
import Foundation
import Glibc
import Testing

/// A disk without room: a clear error, and nothing half-made stays.
@Suite struct FullDiskTests {
    @Test(arguments: [false, true]) func saysThatTheDiskIsFull(isArchive: Bool) async throws {
        try await FetchFixture.run { fixture in
            let disk = fixture.folder.appending(path: "disk").path
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            try #require(mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0)
            defer { umount2(disk, Int32(MNT_DETACH)) }
            let script = "tar('w:gz', entry('big', bytes(5_000_000)))"
            let path =
                isArchive
                ? try await fixture.archive("a.tgz", script)
                : try fixture.file("a", [UInt8](repeating: 1, count: 5_000_000))
            let sandbox = fixture.folder.appending(path: "disk/sandbox")
            let failure = await fixture.failure(FetchItem(uri: path), into: sandbox)
            #expect(failure?.code == .storage)
            #expect(failure?.description.contains("the disk of the agent's machine is full") == true)
            #expect(!FileManager.default.fileExists(atPath: sandbox.path))
        }
    }
}
