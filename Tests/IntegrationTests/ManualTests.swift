import Foundation
import TestSupport
import Testing

/// The manual pages that the build writes.
@Suite struct ManualTests {
    private typealias Command = (path: [String], options: [String])

    /// All commands that people see, by the program's own description of itself.
    private func commands() async throws -> [Command] {
        let dump = await (try Program.agora(["--experimental-dump-help"])).ended()
        let root = try #require(try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
        return Self.commands(try #require(root["command"] as? [String: Any]), above: [])
    }

    private static func commands(_ command: [String: Any], above: [String]) -> [Command] {
        guard let name = command["commandName"] as? String, command["shouldDisplay"] as? Bool == true, name != "help" else { return [] }
        let arguments = command["arguments"] as? [[String: Any]] ?? []
        let names = arguments.filter { $0["shouldDisplay"] as? Bool == true }.flatMap { $0["names"] as? [[String: String]] ?? [] }
        let options = names.compactMap { entry in entry["name"].map { (entry["kind"] == "long" ? "--" : "-") + $0 } }
        let below = (command["subcommands"] as? [[String: Any]] ?? []).flatMap { commands($0, above: above + [name]) }
        return [(above + [name], options)] + below
    }

    /// The sections of a page, by title.
    private func sections(_ page: String) -> [String: [String]] {
        var sections: [String: [String]] = [:]
        var title = ""
        for line in page.split(separator: "\n").map(String.init) {
            if line.hasPrefix(".SH ") {
                title = line.dropFirst(4).filter { $0 != "\"" }
                sections[title] = []
            } else {
                sections[title, default: []].append(line)
            }
        }
        return sections
    }

    @Test func everyCommandHasAPage() async throws {
        try await withScratchDirectory { directory in
            let folder = directory.appending(path: "share/man/man1")
            let made = await (try Program.agora(["generate-manual", folder.path])).ended()
            #expect(made.status == 0, "\(made.errors)")
            let commands = try await commands()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(commands.count > 20 && files == commands.map { $0.path.joined(separator: "-") + ".1" }.sorted())
            for command in commands {
                let name = command.path.joined(separator: "-")
                let page = try String(contentsOf: folder.appending(path: "\(name).1"), encoding: .utf8)
                let sections = sections(page)
                for title in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
                    #expect(sections[title]?.isEmpty == false, "\(name): \(title)")
                }
                #expect(sections.allSatisfy { !$0.value.isEmpty }, "\(name): a section is empty")
                #expect(sections["NAME"]?.first?.hasPrefix(name.replacing("-", with: "\\-") + " \\- ") == true, "\(name)")
                #expect(sections["EXAMPLES"]?.contains { $0.contains("agora") } == true, "\(name)")
                let options = sections["OPTIONS"]?.joined(separator: "\n") ?? ""
                for option in command.options {
                    #expect(options.contains("\\fB\(option.replacing("-", with: "\\-"))\\fR"), "\(name): \(option)")
                }
            }
        }
    }

    /// Nothing but the macros of man(7), and no character that troff would take for something else.
    @Test func pagesAreWellFormed() async throws {
        try await withScratchDirectory { folder in
            #expect(await (try Program.agora(["generate-manual", folder.path])).ended().status == 0)
            let macros = ["TH", "SH", "SS", "TP", "PP", "nf", "fi"]
            let escapes = /\\(?:f[BIR]|e|-|&|\((?:aq|ga|ha|ti|dq))/
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let lines = try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n")
                #expect(lines.count > 15 && lines[1].hasPrefix(".TH \""))
                for line in lines.dropFirst() {
                    let request = line.hasPrefix(".") ? line.dropFirst().prefix { $0 != " " } : nil
                    #expect(request.map { macros.contains(String($0)) } ?? true, "\(file): \(line)")
                    #expect(!line.hasPrefix("'") && !line.replacing(escapes, with: "").contains("\\"), "\(file): \(line)")
                    let fonts = line.split(separator: "\\f", omittingEmptySubsequences: false).dropFirst().map { $0.first }
                    #expect(fonts.last.map { $0 == "R" } ?? true, "\(file): \(line)")
                }
            }
        }
    }

    @Test func aFolderThatCannotBeIsSaid() async throws {
        let ended = await (try Program.agora(["generate-manual", "/dev/null/man"])).ended()
        #expect(ended.status == 1 && ended.errors.hasPrefix("agora: ") && ended.errors.contains("man"), "\(ended)")
        #expect(await (try Program.agora(["generate-manual"])).ended().status == 64)
    }
}
