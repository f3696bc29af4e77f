import Foundation
import Testing

/// The files of this repository that somebody wrote by hand.
struct Repository {
    struct File: Sendable, CustomTestStringConvertible {
        /// From the repository's root, as in `Sources/Cluster/Scalar.swift`.
        let path: String
        let text: String
        let code: SourceText

        var isSwift: Bool { path.hasSuffix(".swift") }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var testDescription: String { path }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All files in `Sources`, read once. Generated files are nobody's to keep short.
    static let sources = Result { try readSources() }

    private static func readSources() throws -> [File] {
        let folder = root.appending(path: "Sources").resolvingSymlinksInPath()
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        return try names.filter(isHandwritten).map { name in
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            return File(path: "Sources/\(name)", text: text, code: SourceText(text))
        }
    }

    static func sourceFolders() throws -> [String] {
        let folder = root.appending(path: "Sources").resolvingSymlinksInPath()
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    static func manifest() throws -> String {
        try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    }

    private static func isHandwritten(_ name: String) -> Bool {
        !name.hasPrefix("MesosMessages/") && [".swift", ".c", ".cpp", ".h"].contains { name.hasSuffix($0) }
    }
}
