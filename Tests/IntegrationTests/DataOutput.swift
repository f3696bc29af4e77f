import Foundation
import TestSupport
import Testing

extension AgoraLocal {
    /// What a command prints as JSON; fails the test if it does not end with 0.
    func json(_ arguments: String...) async throws -> Any {
        let ended = try await command(arguments + ["--output", "json"])
        try #require(ended.status == 0, "\(ended)")
        return try JSONSerialization.jsonObject(with: Data(ended.output.utf8), options: .fragmentsAllowed)
    }

    /// The same from YAML, read by a program that is not ours.
    func yaml(_ arguments: String...) async throws -> Any {
        let ended = try await command(arguments + ["--output", "yaml"])
        try #require(ended.status == 0, "\(ended)")
        return try #require(try await YAMLDocuments.parse(ended.output).first)
    }

    /// The answer to a call of the master's operator API.
    func answer(_ call: String, port: Int? = nil) async throws -> [String: Any] {
        let url = "http://127.0.0.1:\(port ?? masterPort)/api/v1"
        let words = ["-s", "--fail-with-body", "-H", "Content-Type: application/json", url, "-d", call]
        let ended = try await Program.run("curl", words)
        try #require(ended.status == 0, "\(ended.output)")
        return ended.output.isEmpty ? [:] : try #require(JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    }

    /// A pod that runs until it is killed; its only task's id.
    func launch(_ name: String, _ arguments: String...) async throws -> String {
        let started = try await command(["run", "--detach", "--name", name] + arguments + ["--", "sleep", "1000"])
        try #require(started.status == 0, "\(started.errors)")
        return try #require(started.lines.first)
    }
}

/// Reads YAML by Debian's python3-yaml.
enum YAMLDocuments {
    static func parse(_ text: String) async throws -> [Any] {
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "documents.yaml")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))"
            let ended = try await Program.run("/usr/bin/python3", ["-c", script, file.path])
            try #require(ended.status == 0, "\(ended.output)\n\(text)")
            return try #require(JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [Any])
        }
    }
}

/// Whether two values of JSON are the same. Numbers are the same if they are equal, 1 and 1.0 for example.
func areSame(_ left: Any, _ right: Any) -> Bool { JSONWords.of(left) == JSONWords.of(right) }

private enum JSONWords {
    static func of(_ value: Any) -> String {
        switch value {
        case let fields as [String: Any]:
            "{" + fields.sorted { $0.key < $1.key }.map { "\($0.key): \(of($0.value))" }.joined(separator: ", ") + "}"
        case let list as [Any]: "[" + list.map(of).joined(separator: ", ") + "]"
        case let text as String: "\"\(text)\""
        case let number as NSNumber where String(cString: number.objCType) == "c": "\(number.boolValue)"
        case let number as NSNumber: "\(number.doubleValue)"
        default: "null"
        }
    }
}

extension Ended {
    /// The cells of a table, line by line: columns are parted by two spaces.
    var cells: [[String]] {
        lines.map { $0.split(separator: /\s\s+/).map(String.init) }
    }
}
