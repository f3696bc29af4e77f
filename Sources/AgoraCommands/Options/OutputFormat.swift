import ArgumentParser

/// The ways in which a command can print.
protocol OutputFormat: RawRepresentable, CaseIterable, ExpressibleByArgument, Decodable, Hashable, Sendable where RawValue == String {
    static var standard: Self { get }
    /// For `--help`.
    static var help: ArgumentHelp { get }
    /// As data for programs; nil: as text for people.
    var data: DataFormat? { get }
    /// Whether people are shown everything, however long the lines become.
    var isWide: Bool { get }
}

extension OutputFormat {
    var isWide: Bool { false }
}

/// Of commands that know no text for people.
enum DataFormat: String, OutputFormat {
    case json
    case yaml

    static let standard = Self.json
    static var help: ArgumentHelp { "How to print." }
    var data: DataFormat? { self }
}

/// Of commands that print text.
enum TextFormat: String, OutputFormat {
    case text
    case json
    case yaml

    static let standard = Self.text
    static var help: ArgumentHelp { "How to print: text for people, data for programs." }
    var data: DataFormat? { DataFormat(rawValue: rawValue) }
}

/// Of commands that print a table.
enum TableFormat: String, OutputFormat {
    case text
    case wide
    case json
    case yaml

    static let standard = Self.text
    static var help: ArgumentHelp { "How to print: a table for people, one with more columns, data for programs." }
    var data: DataFormat? { DataFormat(rawValue: rawValue) }
    var isWide: Bool { self == .wide }
}
