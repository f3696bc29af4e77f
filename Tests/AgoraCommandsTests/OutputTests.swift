import ArgumentParser
import Testing

@testable import AgoraCommands

@Suite struct OutputFormatTests {
    @Test(arguments: TableFormat.allCases) func listsTakeEveryFormat(_ format: TableFormat) throws {
        #expect(try ListCommand.parse(["-o", format.rawValue]).output.output == format)
        #expect(try TasksCommand.parse(["--output", format.rawValue]).output.output == format)
        #expect(try FrameworksCommand.parse(["--output=\(format.rawValue)"]).output.output == format)
    }

    @Test(arguments: [
        ("ps", ["-o", "table"], "'text', 'wide', 'json', 'yaml'"), ("nodes", ["-o", "JSON"], "'text', 'wide', 'json', 'yaml'"),
        ("inspect", ["web", "-o", "wide"], "'json' or 'yaml'"), ("inspect", ["web", "-o", "text"], "'json' or 'yaml'"),
        ("version", ["-o", "wide"], "'text', 'json' or 'yaml'"), ("events", ["-o", "wide"], "'text', 'json' or 'yaml'"),
        ("metrics", ["-o", ""], "'text', 'wide', 'json', 'yaml'"), ("maintenance", ["schedule", "-o", "xml"], "'yaml'"),
    ])
    func othersAreRefusedWithWhatThereIs(_ command: String, _ arguments: [String], _ formats: String) {
        let error = #expect(throws: (any Error).self) { try AgoraCommand.parseAsRoot([command] + arguments) }
        let message = error.map { AgoraCommand.message(for: $0) } ?? ""
        for format in formats.split(separator: "'").filter({ $0.allSatisfy(\.isLetter) }) where format != "or" {
            #expect(message.contains(format), "\(message)")
        }
        #expect(message.contains("output"), "\(message)")
        #expect(error.map { AgoraCommand.exitCode(for: $0) } == ExitCode(64))
    }
}

@Suite struct DataTextTests {
    private static let value = DataValue.fields([
        "whole": .integer(-7), "large": .unsigned(.max), "part": .real(0.25), "moment": .real(1795914297.4455342), "tiny": .real(1e-20),
        "huge": .real(1e300),
        "yes": .truth(true),
        "none": .null, "list": .list([.integer(1), .text("two"), .list([])]), "empty": .fields([:]),
    ])

    @Test func bothFormatsSayTheSame() throws {
        let json = try DataText.json(Self.value)
        #expect(try DataValue(json: Array(json.utf8)) == Self.value)
        #expect(try DataValue(YAMLText.parse(DataText.yaml(Self.value))) == Self.value)
    }

    /// Texts that a careless writer lets a reader take for something else.
    @Test(arguments: [
        "", "true", "no", "On", "null", "~", "12", "0x1f", "1e3", "-.5", "2026-01-01", "12:30:45", "y", "=", "<<", "a: b", "- a", "#no",
        "*alias", "&anchor", "!tag", "'quoted'", "\"", "\\", " space ", "two\nlines", "two\nlines\n", "\n", "tab\there", "bell\u{7}",
        "nel\u{85}", "line\u{2028}", "\r\n", "é日本語🙂", "{a}", "[a]", "%x", "@x", "`x", "|", ">", "a #b", ".nan", "1_000", "?", "-", "---",
        "\u{7f}", "x\u{feff}",
    ])
    func textsStayTexts(_ text: String) throws {
        // As a key it is refused in pod files, quoted or not.
        let key = text == "<<" ? "key" : text
        let value = DataValue.fields(["value": .text(text), key: .list([.text(text)])])
        #expect(try DataValue(YAMLText.parse(DataText.yaml(value))) == value)
        #expect(try DataValue(json: Array(DataText.json(value, isOneLine: true).utf8)) == value)
    }

    @Test func oneOfManyIsALineOrADocument() throws {
        #expect(try DataText.json(Self.value, isOneLine: true).contains("\n") == false)
        #expect(try DataText.yaml(DataValue.fields(["a": .integer(1)]), isOneOfMany: true) == "---\na: 1\n")
        #expect(try DataText.yaml(DataValue.fields(["a": .integer(1)])) == "a: 1\n")
    }

    @Test func whatIsNoNumberInJSONIsText() throws {
        #expect(try DataText.json([Double.infinity, .nan], isOneLine: true) == "[\"Infinity\",\"NaN\"]")
    }
}
