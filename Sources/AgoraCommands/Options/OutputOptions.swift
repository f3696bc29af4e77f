import ArgumentParser

/// Where a value is printed.
enum OutputPlace {
    /// By itself.
    case alone
    /// With others like it before and behind: JSON is one line then, and YAML a document with its own beginning.
    case stream
    /// On a terminal, over the one before it.
    case screen
}

/// `--output`, which every command has that prints data.
struct OutputOptions<Format: OutputFormat>: ParsableArguments {
    @Option(name: [.customShort("o"), .long], help: Format.help)
    var output = Format.standard

    /// A value as it is to be printed.
    ///
    /// - Parameter text: what people are shown.
    func text(of value: some Encodable, _ place: OutputPlace = .alone, forPeople text: (TextLayout) -> String) throws -> String {
        switch output.data {
        case .json: try DataText.json(value, isOneLine: place == .stream)
        case .yaml: try DataText.yaml(value, isOneOfMany: place == .stream)
        case nil: text(.onStandardOutput(isWide: output.isWide, mayWrap: place != .screen))
        }
    }

    /// Prints a value.
    func print(_ value: some Encodable, forPeople text: (TextLayout) -> String) async throws {
        await Terminal.print(try self.text(of: value, forPeople: text))
    }
}

extension OutputOptions where Format == TableFormat {
    /// Prints a list.
    func print(_ rows: some Encodable, table: TextTable) async throws {
        try await print(rows) { table.text($0) }
    }
}
