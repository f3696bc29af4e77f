import Foundation
import MesosMessages
import TestSupport
import Testing

@testable import Agent
@testable import AgentCore

/// Paths in sandboxes are followed by hand: strangers write there.
@Suite struct SandboxFilesTests {
    /// What a path leads to in a sandbox full of traps.
    struct Case: Sendable, CustomTestStringConvertible {
        let path: String
        /// Nothing: refused.
        let content: String?

        var testDescription: String { path }
    }

    @Test(arguments: [
        Case(path: "stdout", content: "hello"),
        Case(path: "./stdout", content: "hello"),
        Case(path: "folder/../stdout", content: "hello"),
        Case(path: "folder/inner", content: "inner"),
        Case(path: "inside", content: "hello"),
        Case(path: "folder/up", content: "hello"),
        Case(path: "chain", content: "hello"),
        Case(path: "linked-folder/inner", content: "inner"),
        Case(path: "outside", content: nil),
        Case(path: "absolute", content: nil),
        Case(path: "linked-root/etc/hostname", content: nil),
        Case(path: "../secret", content: nil),
        Case(path: "folder/../../secret", content: nil),
        Case(path: "loop", content: nil),
        Case(path: "fifo", content: nil),
        Case(path: "missing", content: nil),
        Case(path: "stdout/x", content: nil),
        Case(path: String(repeating: "x", count: 300), content: nil),
        Case(path: String(repeating: "folder/../", count: 500) + "stdout", content: "hello"),
    ])
    func leadsOnlyToWhatIsInTheSandbox(item: Case) async throws {
        try await withSandbox { work, sandbox in
            let location = try #require(
                SandboxLocation(path: "\(sandbox)/\(item.path)", workDirectory: work, agentID: nil)
                    ?? SandboxLocation(path: "\(sandbox)/missing", workDirectory: work, agentID: nil)
            )
            let files = SandboxFiles(workDirectory: work)
            let piece = try? files.read(location, offset: 0, length: nil)
            #expect(piece.map { String(decoding: $0.bytes, as: UTF8.self) } == item.content)
        }
    }

    @Test(
        arguments: [
            (UInt64(0), nil, "hello", 5), (1, 3, "ell", 5), (4, 100, "o", 5), (5, nil, "", 5), (.max, .max, "", 5), (0, 0, "", 5),
        ] as [(UInt64, UInt64?, String, UInt64)]
    )
    func readsPieces(offset: UInt64, length: UInt64?, expected: String, size: UInt64) async throws {
        try await withSandbox { work, sandbox in
            let location = try #require(SandboxLocation(path: "\(sandbox)/stdout", workDirectory: work, agentID: nil))
            let piece = try SandboxFiles(workDirectory: work).read(location, offset: offset, length: length)
            #expect(String(decoding: piece.bytes, as: UTF8.self) == expected)
            #expect(piece.size == size)
        }
    }

    @Test func readsNoMoreThanSixteenPagesAtOnce() async throws {
        try await withSandbox { work, sandbox in
            try Data(repeating: 7, count: 1 << 20).write(to: URL(filePath: "\(sandbox)/large"))
            let location = try #require(SandboxLocation(path: "\(sandbox)/large", workDirectory: work, agentID: nil))
            let piece = try SandboxFiles(workDirectory: work).read(location, offset: 10, length: 1 << 20)
            #expect(piece.bytes.count == 65536)
            #expect(piece.size == 1 << 20)
        }
    }

    @Test func listsAFolderByName() async throws {
        try await withSandbox { work, sandbox in
            let location = try #require(SandboxLocation(path: "\(sandbox)/folder", workDirectory: work, agentID: nil))
            let entries = try SandboxFiles(workDirectory: work).list(location, path: "\(sandbox)/folder/")
            #expect(entries.map(\.path) == ["\(sandbox)/folder/inner", "\(sandbox)/folder/up"])
            #expect(entries.first?.size == 5)
        }
    }

    @Test(
        arguments: [
            ("/work/slaves/S/frameworks/F/executors/E/runs/R/a/b", "/work/slaves/S/frameworks/F/executors/E/runs/R", "a/b"),
            ("/work/slaves/S/frameworks/F/executors/E/runs/latest", "/work/slaves/S/frameworks/F/executors/E/runs/latest", ""),
            ("/frameworks/F/executors/E/runs/latest/x", "/work/slaves/S1/frameworks/F/executors/E/runs/latest", "x"),
            ("/work/containers/top/containers/a/stdout", "/work/containers/top", "containers/a/stdout"),
            ("/work/meta/agent.db", nil, ""), ("/work/images/x", nil, ""), ("/etc/passwd", nil, ""), ("", nil, ""), ("/", nil, ""),
            ("/work/slaves/S/frameworks/F/executors/E/runs/..", nil, ""), ("/work/slaves/../meta/x/x/x/x/x/x", nil, ""),
            ("/work/containers/..", nil, ""), ("/work/containers", nil, ""), ("/frameworks/F/executors/E/runs", nil, ""),
            ("/work/containers/a\0b", nil, ""),
        ] as [(String, String?, String)]
    )
    func knowsSandboxesOnly(path: String, sandbox: String?, rest: String) {
        let location = SandboxLocation(path: path, workDirectory: "/work", agentID: "S1")
        #expect(location?.sandbox == sandbox)
        if sandbox != nil { #expect(location?.rest == rest) }
    }

    @Test func makesLinksThatCannotBeLedAstray() async throws {
        try await withSandbox { work, sandbox in
            let links = SandboxLinks(workDirectory: work)
            for _ in 1...2 { try links.make(.init(path: "\(sandbox)/tasks/t1", target: "../folder")) }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(sandbox)/tasks/t1") == "../folder")
            try FileManager.default.createDirectory(atPath: "\(work)/victim", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: "\(sandbox)/trap", withDestinationPath: "\(work)/victim")
            #expect(throws: AgentError.self) { try links.make(.init(path: "\(sandbox)/trap/t1", target: "x")) }
            #expect(throws: AgentError.self) { try links.make(.init(path: "/elsewhere/t1", target: "x")) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(work)/victim").isEmpty)
        }
    }

    private func withSandbox(_ body: (_ work: String, _ sandbox: String) throws -> Void) async throws {
        try await withScratchDirectory { directory in
            let work = directory.resolvingSymlinksInPath().path
            let sandbox = "\(work)/containers/box"
            let manager = FileManager.default
            try manager.createDirectory(atPath: "\(sandbox)/folder", withIntermediateDirectories: true)
            try Data("hello".utf8).write(to: URL(filePath: "\(sandbox)/stdout"))
            try Data("inner".utf8).write(to: URL(filePath: "\(sandbox)/folder/inner"))
            try Data("secret".utf8).write(to: URL(filePath: "\(work)/containers/secret"))
            let links = [
                ("inside", "stdout"), ("folder/up", "../stdout"), ("chain", "inside"), ("linked-folder", "./folder"),
                ("outside", "../secret"), ("absolute", "/etc/hostname"), ("linked-root", "/"), ("loop", "loop"),
            ]
            for (name, target) in links {
                try manager.createSymbolicLink(atPath: "\(sandbox)/\(name)", withDestinationPath: target)
            }
            mkfifo("\(sandbox)/fifo", 0o600)
            try body(work, sandbox)
        }
    }
}
