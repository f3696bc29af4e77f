/// The manual page of a command, see man(7) and man-pages(7).
struct ManualPage {
    let command: CommandDescription

    /// The page's name: "agora-files-ls".
    var name: String { command.path.joined(separator: "-") }

    /// The page as man(1) reads it.
    var text: String {
        let discussion = CommandDiscussion(command.discussion ?? "")
        let sections: [(title: String, body: [String])] = [
            ("NAME", ["\(RoffText.code(name)) \\- \(RoffText.prose(summary))"]), ("SYNOPSIS", synopsis),
            ("DESCRIPTION", description(discussion)), ("COMMANDS", commands), ("ARGUMENTS", command.positionals.flatMap(entry)),
            ("OPTIONS", options), ("ENVIRONMENT", environment), ("EXIT STATUS", statuses), ("EXAMPLES", block(discussion.examples)),
            ("SEE ALSO", [related]),
        ]
        let head = [
            "'\\\" -*- coding: utf-8 -*-",
            ".TH \(RoffText.argument(name.uppercased())) 1 \"\" \(RoffText.argument("agora \(AgoraVersion.current)")) \"Agora\"",
        ]
        let lines = sections.filter { !$0.body.isEmpty }.flatMap { [".SH \(RoffText.argument($0.title))"] + $0.body }
        return (head + lines).joined(separator: "\n") + "\n"
    }

    /// Without the full stop, as whatis(1) has it.
    private var summary: String {
        let text = command.abstract ?? ""
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private var synopsis: [String] {
        var words = [RoffText.bold(command.path.joined(separator: " "))]
        if !command.options.isEmpty { words.append("[\(RoffText.italic("OPTION"))]...") }
        if !command.shownSubcommands.isEmpty { words.append("\(RoffText.italic("COMMAND")) ...") }
        return [(words + command.positionals.map(Self.word)).joined(separator: " ")]
    }

    /// "TASK", "[PATH]", "[WORD]...".
    private static func word(_ argument: ArgumentDescription) -> String {
        let name = RoffText.italic((argument.valueName ?? "").uppercased())
        return (argument.isOptional ? "[\(name)]" : name) + (argument.isRepeating ? "..." : "")
    }

    private func description(_ discussion: CommandDiscussion) -> [String] {
        let parts = discussion.parts.flatMap { part in
            switch part {
            case .paragraph(let text): [".PP", RoffText.prose(text)]
            case .table(let lines): block(lines)
            }
        }
        return [RoffText.prose(command.abstract ?? "")] + parts
    }

    private var commands: [String] {
        command.shownSubcommands.flatMap { command in
            [".TP", RoffText.bold(command.path.joined(separator: " ")), RoffText.prose(command.abstract ?? "")]
        }
    }

    /// Those without a title first, then each group under its own.
    private var options: [String] {
        var titles: [String?] = [nil]
        for option in command.options where !titles.contains(option.sectionTitle) { titles.append(option.sectionTitle) }
        return titles.flatMap { title in
            let group = command.options.filter { $0.sectionTitle == title }.flatMap(entry)
            return group.isEmpty ? [] : (title.map { [".SS \(RoffText.argument($0))"] } ?? []) + group
        }
    }

    private func entry(_ argument: ArgumentDescription) -> [String] {
        let names = (argument.names ?? []).map { RoffText.bold($0.text) }.joined(separator: ", ")
        let value = RoffText.italic(argument.valueName ?? "")
        let head =
            switch argument.kind {
            case .positional: Self.word(argument)
            case .option: "\(names) \(value)"
            case .flag: names
            }
        var text = [argument.abstract, argument.discussion].compactMap { $0 }.filter { !$0.isEmpty }.map(RoffText.prose)
        if let values = argument.allValues, !values.isEmpty {
            text.append("One of \(values.map(RoffText.bold).joined(separator: ", ")).")
        }
        if let value = argument.defaultValue, !value.isEmpty { text.append("Otherwise \(RoffText.bold(value)).") }
        return [".TP", head] + text
    }

    private var asksMaster: Bool { command.options.contains { $0.names?.contains { $0.name == "master" } == true } }
    private var isRoot: Bool { command.superCommands?.isEmpty ?? true }

    private var environment: [String] {
        var variables: [(name: String, text: String)] = []
        if asksMaster || isRoot { variables.append(("AGORA_MASTER", "Where the master is, as HOST:PORT, if `--master` does not say it.")) }
        if isRoot { variables.append(("NO_COLOR", "Without colours, if it is not empty.")) }
        return variables.flatMap { [".TP", RoffText.bold($0.name), RoffText.prose($0.text)] }
    }

    private var statuses: [String] {
        var statuses = [("0", "It is done."), ("1", "It failed; standard error says why."), ("64", "Wrong use of the command.")]
        if asksMaster || isRoot { statuses.append(("69", "No master or agent answers.")) }
        return statuses.flatMap { [".TP", RoffText.bold($0.0), RoffText.prose($0.1)] }
    }

    private func block(_ lines: [String]) -> [String] { lines.isEmpty ? [] : [".PP", ".nf"] + lines.map(RoffText.code) + [".fi"] }

    /// The command above, or those below.
    private var related: String {
        let above = (command.superCommands ?? []).indices.map { command.path[...$0].joined(separator: "-") }
        let below = command.shownSubcommands.map { ManualPage(command: $0).name }
        let names = above + below
        return names.map { "\(RoffText.bold($0))(1)" }.joined(separator: ",\n")
    }
}
