import Foundation
import GRDB
import Storage
import Testing

/// A database file in a folder of its own, removed afterwards.
private func withDatabasePath(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "agora-storage-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "test.db").path)
}

private let first = StorageMigration(name: "first", statements: "CREATE TABLE words (word TEXT PRIMARY KEY NOT NULL)")
private let second = StorageMigration(
    name: "second",
    statements: "ALTER TABLE words ADD COLUMN length INTEGER; UPDATE words SET length = length(word)"
)

extension Storage {
    fileprivate func add(_ words: String...) throws {
        try commit { database in
            for word in words { try database.execute(sql: "INSERT INTO words (word) VALUES (?)", arguments: [word]) }
        }
    }

    fileprivate var words: [String] {
        get throws { try read { try String.fetchAll($0, sql: "SELECT word FROM words ORDER BY word") } }
    }
}

@Suite struct StorageTests {
    @Test func keepsWhatWasCommitted() throws {
        try withDatabasePath { path in
            let storage = try Storage(path: path, migrations: [first])
            try storage.add("pear", "apple")
            try storage.close()
            #expect(try Storage(path: path, migrations: [first]).words == ["apple", "pear"])
        }
    }

    @Test func readersDisturbNoWriterAndWriteNothing() throws {
        try withDatabasePath { path in
            let storage = try Storage(path: path, migrations: [first])
            try storage.add("pear")
            let reader = try storage.reader()
            let count = "SELECT count(*) FROM words"
            try reader.read { database in
                #expect(try Int.fetchOne(database, sql: count) == 1)
                try storage.add("apple")
                #expect(try Int.fetchOne(database, sql: count) == 1)
            }
            #expect(try reader.read { try Int.fetchOne($0, sql: count) } == 2)
            #expect(throws: StorageError.self) { try reader.read { try $0.execute(sql: "DELETE FROM words") } }
            reader.close()
            #expect(throws: StorageError.self) { try reader.read { try Int.fetchOne($0, sql: count) } }
            try storage.add("plum")
            try storage.close()
        }
    }

    @Test func isVisibleToAnotherProcessWithoutClosing() throws {
        try withDatabasePath { path in
            let storage = try Storage(path: path, migrations: [first])
            try storage.add("pear")
            #expect(try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM words") } == 1)
            let mode = try storage.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(mode == "wal")
        }
    }

    @Test func takesAllOfABatchOrNothing() throws {
        try withDatabasePath { path in
            let storage = try Storage(path: path, migrations: [first])
            try storage.add("pear")
            #expect(throws: StorageError.self) { try storage.add("apple", "pear") }
            #expect(try storage.words == ["pear"])
        }
    }

    @Test func appliesNewMigrationsOnceAndInOrder() throws {
        try withDatabasePath { path in
            let old = try Storage(path: path, migrations: [first])
            try old.add("pear")
            try old.close()
            for _ in 1...2 {
                let storage = try Storage(path: path, migrations: [first, second])
                #expect(try storage.read { try Int.fetchOne($0, sql: "SELECT length FROM words") } == 4)
                try storage.close()
            }
        }
    }

    @Test func refusesAFileOfALaterVersion() throws {
        try withDatabasePath { path in
            try Storage(path: path, migrations: [first, second]).close()
            let error = #expect(throws: StorageError.self) { _ = try Storage(path: path, migrations: [first]) }
            #expect(error?.kind == .unusableFile)
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test(arguments: [Data("this is no database, though long enough to be one".utf8), Data(repeating: 0xff, count: 8192)])
    func refusesAFileThatIsNoDatabase(content: Data) throws {
        try withDatabasePath { path in
            try content.write(to: URL(filePath: path))
            let error = #expect(throws: StorageError.self) { _ = try Storage(path: path, migrations: [first]) }
            #expect(error?.kind == .unusableFile)
        }
    }

    @Test func leavesADatabaseOfAnotherProgramAlone() throws {
        try withDatabasePath { path in
            let other = try DatabaseQueue(path: path)
            try other.write { try $0.execute(sql: "CREATE TABLE bookmarks (address TEXT)") }
            try other.close()
            let error = #expect(throws: StorageError.self) { _ = try Storage(path: path, migrations: [first]) }
            #expect(error?.kind == .unusableFile)
            #expect(error?.description.contains("another program") == true)
            #expect(try DatabaseQueue(path: path).read { try $0.tableExists("words") } == false)
        }
    }

    @Test func aLockHasOneHolder() throws {
        try withDatabasePath { path in
            var lock = try #require(FileLock(path: path))
            #expect(FileLock(path: path, patience: 1) == nil)
            #expect(lock.write("mark"))
            lock = try #require(FileLock(path: path + ".other"))
            #expect(FileLock(path: path)?.read() == "mark")
            withExtendedLifetime(lock) {}
        }
    }

    @Test func aReserveHoldsSpaceUntilItIsGivenUp() throws {
        try withDatabasePath { path in
            let reserve = DiskReserve(path: path, bytes: 1 << 20)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            #expect(size == 1 << 20)
            #expect(reserve.release())
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(!reserve.release())
            reserve.restore()
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func saysThatTheFolderIsMissing() {
        let error = #expect(throws: StorageError.self) {
            _ = try Storage(path: "/nonexistent/folder/test.db", migrations: [first])
        }
        #expect(error?.description.contains("/nonexistent/folder/test.db") == true)
    }

    @Test func reportsAFullDatabaseAndGoesOnAfterwards() throws {
        try withDatabasePath { path in
            let storage = try Storage(path: path, migrations: [first])
            let pages = try storage.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0
            try storage.commit { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 1)") }
            let error = #expect(throws: StorageError.self) {
                for number in 0..<100 { try storage.add(String(repeating: "x", count: 1000) + "\(number)") }
            }
            #expect(error?.kind == .disk)
            try storage.commit { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
            try storage.add("pear")
            #expect(try storage.words.contains("pear"))
        }
    }
}
