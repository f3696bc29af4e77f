import ArgumentParser
import Foundation

/// A command as ArgumentParser describes it: names, texts, arguments, subcommands.
struct CommandDescription: Decodable, Sendable {
    let commandName: String
    let superCommands: [String]?
    let shouldDisplay: Bool
    let abstract: String?
    let discussion: String?
    let subcommands: [CommandDescription]?
    let arguments: [ArgumentDescription]?

    /// The command `agora` with all that is below it.
    static func all() throws -> CommandDescription {
        struct Dump: Decodable { let command: CommandDescription }
        return try JSONDecoder().decode(Dump.self, from: Data(AgoraCommand._dumpHelp().utf8)).command
    }

    /// As it is typed: "agora files ls".
    var path: [String] { (superCommands ?? []) + [commandName] }

    /// Those below it that people see; `help` is part of every command line and tells nothing of its own.
    var shownSubcommands: [CommandDescription] { (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }

    /// It and all below it that people see.
    var family: [CommandDescription] { [self] + shownSubcommands.flatMap(\.family) }

    var options: [ArgumentDescription] { (arguments ?? []).filter { $0.shouldDisplay && $0.kind != .positional } }
    var positionals: [ArgumentDescription] { (arguments ?? []).filter { $0.shouldDisplay && $0.kind == .positional } }
}

/// An option, a flag or a positional argument.
struct ArgumentDescription: Decodable, Sendable {
    enum Kind: String, Decodable, Sendable {
        case positional, option, flag
    }

    struct Name: Decodable, Sendable {
        let kind: String
        let name: String

        /// As it is typed: "-o" or "--output".
        var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    let kind: Kind
    let shouldDisplay: Bool
    let isOptional: Bool
    let isRepeating: Bool
    let sectionTitle: String?
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?
    let discussion: String?
}
