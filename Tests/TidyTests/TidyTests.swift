import Testing

/// The rules on our own code that a machine can check. A failure names the file and the line.
struct TidyTests {
    private static let longestFile = 400
    private static let longestFunction = 70

    private func report(_ problems: [String]) {
        for problem in problems { Issue.record(Comment(rawValue: problem)) }
    }

    @Test func filesAreShort() throws {
        let files = try Repository.sources.get()
        #expect(files.count > 50)
        for file in files where file.lines.count - 1 > Self.longestFile {
            report(["\(file.path):\(Self.longestFile): the file has \(file.lines.count - 1) lines; at most \(Self.longestFile) are allowed"]
            )
        }
    }

    @Test func functionsAreShort() throws {
        for file in try Repository.sources.get() {
            let functions = file.isSwift ? Function.ofSwift(file.code) : Function.ofC(file.code)
            for function in functions where function.length > Self.longestFunction {
                report([
                    "\(file.path):\(function.line): the function has \(function.length) lines; at most \(Self.longestFunction) are allowed"
                ])
            }
        }
    }

    @Test(arguments: ["try!", "as!", "fatalError("]) func nothingCrashesOnPurpose(banned: String) throws {
        for file in try Repository.sources.get() where file.isSwift {
            for (index, line) in file.code.lines.enumerated() where line.contains(banned) {
                report(["\(file.path):\(index + 1): \(banned) is not allowed: throw an error that says what was tried and why it failed"])
            }
        }
    }

    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)"]) func whatIsUncheckedSaysWhyItIsSafe(mark: String) throws {
        for file in try Repository.sources.get() where file.isSwift {
            for (index, line) in file.code.lines.enumerated() where line.contains(mark) {
                let before = file.lines[..<index].last { !$0.drop { $0 == " " }.hasPrefix("@") }
                guard let before, before.drop(while: { $0 == " " }).hasPrefix("//") else {
                    report(["\(file.path):\(index + 1): \(mark) needs a comment before it that says why it is safe"])
                    continue
                }
            }
        }
    }

    @Test func eachFolderIsATarget() throws {
        let manifest = try Repository.manifest().filter { !$0.isWhitespace }
        for folder in try Repository.sourceFolders() {
            let isTarget = manifest.contains("library(\"\(folder)\"") || manifest.contains("name:\"\(folder)\"")
            if !isTarget { report(["Sources/\(folder):1: Package.swift has no target of this name"]) }
        }
    }
}
