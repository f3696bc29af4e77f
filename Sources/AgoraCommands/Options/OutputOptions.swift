import ArgumentParser
import Foundation

/// `--output`, which every command has that prints data.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @Option(name: [.customShort("o"), .long], help: "How to print: a table for people, JSON for programs.")
    var output = Format.table

    /// A value as JSON text, with its fields always in the same order.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
