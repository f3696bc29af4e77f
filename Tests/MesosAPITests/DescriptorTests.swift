import Foundation
import MesosMessages
import SwiftProtobuf
import Testing

/// Compares our messages with the tables of Mesos's, in both directions.
@Suite struct DescriptorTests {
    static let packages = [
        "mesos.v1", "mesos.v1.agent", "mesos.v1.allocator", "mesos.v1.executor", "mesos.v1.maintenance", "mesos.v1.master",
        "mesos.v1.quota", "mesos.v1.resource_provider", "mesos.v1.scheduler",
    ]

    /// The rows of a table by its columns' names, the header left out.
    private func table(_ name: String) throws -> [[String]] {
        let url = try #require(Bundle.module.url(forResource: "Tables/\(name)", withExtension: "tsv"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst()
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    @Test(arguments: packages)
    func fieldsAreThoseOfTheTable(_ package: String) throws {
        let descriptors = try Descriptors()
        let expected = Set(try table("\(package).messages").map { Array($0.prefix(7) + [Self.map(in: $0[7])]) })
        var found = Set<[String]>()
        for (name, message) in descriptors.messages where descriptors.packages[name] == package && !message.options.mapEntry {
            if message.field.isEmpty { found.insert([name, "(none)", "", "", "", "", "0", ""]) }
            for field in message.field { found.insert([name] + row(of: field, descriptors)) }
        }
        #expect(expected.subtracting(found) == [], "in the table, not in our messages")
        #expect(found.subtracting(expected) == [], "in our messages, not in the table")
    }

    @Test(arguments: packages)
    func enumsAreThoseOfTheTable(_ package: String) throws {
        let descriptors = try Descriptors()
        let expected = Set(try table("\(package).enums"))
        let found = descriptors.enums.filter { descriptors.packages[$0.key] == package }.flatMap { name, descriptor in
            descriptor.value.map { [name, $0.name, String($0.number), $0.options.deprecated ? "1" : "0"] }
        }
        #expect(expected == Set(found))
    }

    /// Field, number, label, type, default, deprecated, and for maps `map<key,value>`.
    private func row(of field: Google_Protobuf_FieldDescriptorProto, _ descriptors: Descriptors) -> [String] {
        let type = Self.type(of: field)
        var map = ""
        if let entry = descriptors.messages[type], entry.options.mapEntry {
            map = "map<\(Self.type(of: entry.field[0])),\(Self.type(of: entry.field[1]))>"
        }
        let label =
            switch field.label {
            case .required: "required"
            case .repeated: "repeated"
            case .optional: "optional"
            }
        return [field.name, String(field.number), label, type, field.defaultValue, field.options.deprecated ? "1" : "0", map]
    }

    private static func type(of field: Google_Protobuf_FieldDescriptorProto) -> String {
        field.typeName.isEmpty ? "\(field.type)" : String(field.typeName.dropFirst())
    }

    private static func map(in note: String) -> String {
        String(note.prefix { $0 != ";" }.prefix { _ in note.hasPrefix("map<") })
    }
}
