import Foundation
import GRDB
import TestSupport
import Testing

/// Registries that cannot be used: the master says why and does not start, or ends before it tells what it cannot keep.
@Suite(.timeLimit(.minutes(3))) struct BadRegistryTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What standard error says.
        let words: String
        let work: @Sendable (_ folder: URL) throws -> Void

        init(_ name: String, _ words: String, _ work: @escaping @Sendable (URL) throws -> Void) {
            (testDescription, self.words, self.work) = (name, words, work)
        }
    }

    private static func database(_ folder: URL) -> URL { folder.appending(path: "registry.db") }

    private static func execute(_ statement: String, in folder: URL) throws {
        let queue = try DatabaseQueue(path: database(folder).path)
        try queue.write { try $0.execute(sql: statement) }
        try queue.close()
    }

    @Test(arguments: [
        Damage("no database", "damaged or no database") { try Data(repeating: 0xa5, count: 20_000).write(to: database($0)) },
        Damage("cut in half", "damaged or no database") { folder in
            let data = try Data(contentsOf: database(folder))
            try data.prefix(data.count / 2).write(to: database(folder))
        },
        Damage("emptied", "was here and is lost") { try Data().write(to: database($0)) },
        Damage("removed", "was here and is lost") { try FileManager.default.removeItem(at: database($0)) },
        Damage("another program's", "tables of another program") { folder in
            try FileManager.default.removeItem(at: database(folder))
            try execute("CREATE TABLE bookmarks (address TEXT)", in: folder)
        },
        Damage("of a later version", "a later version of Agora wrote it") {
            try execute("INSERT INTO grdb_migrations VALUES ('9 later')", in: $0)
        },
        Damage("needing a capability", "needs capabilities that this version lacks: TELEPORT") {
            try execute("INSERT INTO minimum_capabilities VALUES ('TELEPORT')", in: $0)
        },
        Damage("a broken row", "cannot read the database") { try execute("UPDATE frameworks SET info = x'ffff'", in: $0) },
        Damage("a row without a name", "cannot read the database") { try execute("UPDATE frameworks SET id = ''", in: $0) },
        Damage("a folder in its place", "cannot") { folder in
            try FileManager.default.removeItem(at: database(folder))
            try FileManager.default.createDirectory(at: database(folder), withIntermediateDirectories: false)
        },
    ])
    func isRefused(_ damage: Damage) async throws {
        try await withScratchDirectory { scratch in
            let folder = scratch.appending(path: "master")
            try await MasterProcess.run(in: folder) { master in
                _ = try await master.client.open("/api/v1/scheduler", LifeTests.subscribe).event("SUBSCRIBED")
            }
            try damage.work(folder)
            try await expectRefusal(folder.path, damage.words)
        }
    }

    @Test func aFolderOfAnotherMasterIsRefused() async throws {
        try await MasterProcess.run { master in
            try await expectRefusal(master.folder.path, "another master uses the work directory")
        }
    }

    @Test func aFileInPlaceOfTheFolderIsRefused() async throws {
        try await withScratchDirectory { scratch in
            let file = scratch.appending(path: "file")
            try Data().write(to: file)
            try await expectRefusal(file.path, "Not a directory")
            try await expectRefusal(file.appending(path: "below").path, "cannot make the folder")
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func aFolderThatCannotBeWrittenIsRefused() async throws {
        try await withScratchDirectory { folder in
            // 1 is MS_RDONLY, see mount(2).
            try #require(mount("tmpfs", folder.path, "tmpfs", 1, "size=1m") == 0)
            defer { umount2(folder.path, Int32(MNT_DETACH)) }
            try await expectRefusal(folder.path, "Read-only file system")
        }
    }

    private func expectRefusal(_ folder: String, _ words: String) async throws {
        let process = try Program.agora(["master", "--port", "\(try freePort())", "--work-dir", folder])
        let status = await process.exitStatus()
        #expect(status == 1, "\(process.standardError)")
        if status == nil { await process.stop() }
        #expect(await eventually(within: .seconds(5)) { process.standardError.contains(words) }, "\(process.standardError)")
    }

    /// On a full disk the master uses what it held back, then ends; whoever was told that he is known is known later.
    @Test(.enabled(if: geteuid() == 0)) func onAFullDiskNothingIsToldThatIsNotWritten() async throws {
        try await withScratchDirectory { disk in
            try #require(mount("tmpfs", disk.path, "tmpfs", 0, "size=12m") == 0)
            defer { umount2(disk.path, Int32(MNT_DETACH)) }
            let filler = disk.appending(path: "filler")
            try await MasterProcess.run(in: disk.appending(path: "master")) { master in
                try Data().write(to: filler)
                let handle = try FileHandle(forWritingTo: filler)
                while (try? handle.write(contentsOf: Data(repeating: 1, count: 4096))) != nil {}
                try handle.close()
                let told = try await subscribeUntilItEnds(master)
                #expect(told > 0, "space in reserve")
                #expect(await master.process.exitStatus() == 1)
                #expect(master.process.standardError.contains("the disk is full"), "\(master.process.standardError)")
                try FileManager.default.removeItem(at: filler)
                try await master.restart()
                let known = at(try await master.read("GET_FRAMEWORKS"), "frameworks") as? [Any]
                #expect((known?.count ?? 0) >= told)
            }
        }
    }

    /// Subscribes frameworks with long names, until one is not told that it is subscribed. How many were told.
    private func subscribeUntilItEnds(_ master: MasterProcess) async throws -> Int {
        // Of many kinds, since a client takes what is packed too tightly for an attack.
        let name = (0..<3_000).map { _ in UUID().uuidString }.joined()
        for told in 0..<1000 {
            do {
                let scheduler = try await master.client.open("/api/v1/scheduler", LifeTests.subscribe.replacing("recorder", with: name))
                guard scheduler.status == 200, try await scheduler.next() != nil else { return told }
            } catch {
                return told
            }
        }
        return 1000
    }
}
