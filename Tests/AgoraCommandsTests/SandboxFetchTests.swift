import Foundation
import Synchronization
import Testing

@testable import AgoraCommands

/// What `agora files get` does with an agent that means ill, and with a sandbox that changes meanwhile.
@Suite struct SandboxFetchTests {
    private static let file: UInt32 = 0o100644
    private static let folder: UInt32 = 0o040755

    /// Fetches `path` into a new folder `to` in a folder of its own; hands on what is in that folder then, and the notes.
    private func fetch(
        _ sandbox: FakeSandbox,
        _ path: String = "logs",
        isForced: Bool = false,
        prepare: (URL) throws -> Void = { _ in },
        check: (_ outside: URL, _ failure: String, _ notes: [String]) throws -> Void
    ) async throws {
        let outside = FileManager.default.temporaryDirectory.appending(path: "agora-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: outside) }
        try prepare(outside)
        let notes = Mutex<[String]>([])
        var failure = ""
        try await sandbox.serve { source in
            var fetch = SandboxFetch(source: source, isForced: isForced) { note in notes.withLock { $0.append(note) } }
            do {
                let place = try FetchDestination(outside.appending(path: "to").path, name: "logs")
                if sandbox.files[path] == nil { try await fetch.folder(path, to: place) } else { try await fetch.file(path, to: place) }
            } catch {
                failure = "\(error)"
            }
        }
        try check(outside, failure, notes.withLock { $0 })
    }

    private func names(_ folder: URL) -> [String] {
        let found = FileManager.default.enumerator(atPath: folder.path)
        return (found?.compactMap { $0 as? String } ?? []).sorted()
    }

    private func content(_ file: URL) -> String? { (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } }

    @Test func aFolderComesWithAllThatIsInIt() async throws {
        let sandbox = FakeSandbox(
            folders: [
                "logs": [
                    ("HERE/a", Self.file), ("HERE/run", 0o100755), ("HERE/deep", Self.folder), ("HERE/link", 0o120777),
                    ("HERE/pipe", 0o010644),
                ],
                "logs/deep": [("HERE/b", Self.file)],
            ],
            files: ["logs/a": "one", "logs/run": "two", "logs/deep/b": "three"]
        )
        try await fetch(sandbox) { outside, failure, notes in
            #expect(failure.isEmpty)
            #expect(names(outside) == ["to", "to/a", "to/deep", "to/deep/b", "to/run"])
            #expect(content(outside.appending(path: "to/deep/b")) == "three")
            #expect(notes.sorted() == ["left out link, a symbolic link", "left out pipe, which is neither file nor folder"])
            let facts = try FileManager.default.attributesOfItem(atPath: outside.appending(path: "to/run").path)
            #expect((facts[.posixPermissions] as? NSNumber)?.intValue ?? 0 & 0o100 != 0)
            #expect((facts[.modificationDate] as? Date)?.timeIntervalSince1970 == 1_700_000_000.5)
        }
    }

    @Test(
        arguments: [
            "HERE/../evil", "/etc/evil", "HERE/..", "HERE/.", "HERE/", "HERE", "evil", "", "HERE/a/../../evil", "HERE/a/b", "HERE//evil",
            "/sandbox/other/evil", "HERE/evil\0", "HERE/" + String(repeating: "x", count: 300),
        ],
        [file, folder]
    )
    func namesThatLeadElsewhereAreRefused(_ path: String, _ mode: UInt32) async throws {
        let sandbox = FakeSandbox(folders: ["logs": [(path, mode)]], everyFolder: [("HERE/evil", Self.file)], files: ["evil": "x"])
        try await fetch(sandbox) { outside, failure, _ in
            #expect(failure.contains("which is refused"), "\(failure)")
            #expect(names(outside) == ["to"])
        }
    }

    @Test func linksOnThisMachineAreNotFollowed() async throws {
        let sandbox = FakeSandbox(
            folders: ["logs": [("HERE/a", Self.file), ("HERE/deep", Self.folder)], "logs/deep": [("HERE/b", Self.file)]],
            files: ["logs/a": "new", "logs/deep/b": "new"]
        )
        try await fetch(sandbox, isForced: true) { outside in
            let files = FileManager.default
            try files.createDirectory(at: outside.appending(path: "to/logs"), withIntermediateDirectories: true)
            try files.createDirectory(at: outside.appending(path: "elsewhere"), withIntermediateDirectories: true)
            try Data("old".utf8).write(to: outside.appending(path: "victim"))
            try files.createSymbolicLink(atPath: outside.appending(path: "to/logs/a").path, withDestinationPath: "../../victim")
            try files.createSymbolicLink(atPath: outside.appending(path: "to/logs/deep").path, withDestinationPath: "../../elsewhere")
        } check: { outside, failure, _ in
            #expect(failure.contains("to/logs/deep"), "\(failure)")
            #expect(content(outside.appending(path: "victim")) == "old" && content(outside.appending(path: "to/logs/a")) == "new")
            #expect(names(outside.appending(path: "elsewhere")).isEmpty)
        }
    }

    @Test(arguments: [false, true]) func nothingPartialIsLeft(isForced: Bool) async throws {
        let sandbox = FakeSandbox(files: ["core": "begin"], broken: ["core"])
        try await fetch(sandbox, "core", isForced: isForced) { outside in
            if isForced { try Data("old".utf8).write(to: outside.appending(path: "to")) }
        } check: { outside, failure, _ in
            #expect(failure.contains("cannot read /sandbox/core"), "\(failure)")
            #expect(names(outside) == (isForced ? ["to"] : []))
            if isForced { #expect(content(outside.appending(path: "to")) == "old") }
        }
    }

    @Test func nothingIsOverwrittenUnasked() async throws {
        let sandbox = FakeSandbox(folders: ["logs": [("HERE/a", Self.file)]], files: ["logs/a": "new", "core": "new"])
        try await fetch(sandbox, "core") { outside in
            try Data("old".utf8).write(to: outside.appending(path: "to"))
        } check: { outside, failure, _ in
            #expect(failure.hasSuffix("/to is there already; --force overwrites it"), "\(failure)")
            #expect(content(outside.appending(path: "to")) == "old")
        }
    }

    @Test func foldersWithoutEndAreLeft() async throws {
        try await fetch(FakeSandbox(everyFolder: [("HERE/in", Self.folder)])) { _, failure, _ in
            #expect(failure.contains("nested more than 100 deep"), "\(failure)")
        }
    }

    @Test func whatIsGoneMeanwhileIsTold() async throws {
        let sandbox = FakeSandbox(
            folders: ["logs": [("HERE/a", Self.file), ("HERE/gone", Self.file), ("HERE/none", Self.folder)]],
            files: ["logs/a": "one"]
        )
        try await fetch(sandbox) { outside, failure, notes in
            #expect(failure.isEmpty)
            #expect(names(outside) == ["to", "to/a"])
            #expect(
                notes.count == 2 && notes.contains("none is gone") && notes.contains { $0.contains("there is no \"logs/gone\"") },
                "\(notes)"
            )
        }
    }
}
