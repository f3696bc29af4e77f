import MesosAPI
import MesosMessages

/// Reads a maintenance schedule from a file: JSON as the operator API has it, or the same in YAML.
enum ScheduleFile {
    /// Bytes of a file: machines that a master takes, with names as they usually are.
    private static let limit = 16 * 1024 * 1024

    /// - Parameter path: the file; "-" for standard input.
    static func read(_ path: String) throws(PodFileError) -> Mesos_V1_Maintenance_Schedule {
        let name = path == "-" ? "standard input" : path
        do {
            return try parse(try UserFile.text(of: path, limit: limit))
        } catch {
            throw PodFileError(name, "\(error)")
        }
    }

    static func parse(_ text: String) throws(PodFileError) -> Mesos_V1_Maintenance_Schedule {
        do {
            let isJSON = text.first { !$0.isWhitespace } == "{"
            let json = try isJSON ? Array(text.utf8) : Array(DataText.json(DataValue(YAMLText.parse(text))).utf8)
            return try MesosJSON.decode(Mesos_V1_Maintenance_Schedule.self, from: json)
        } catch let error as PodFileError {
            throw error
        } catch {
            throw PodFileError("", "is no maintenance schedule: \(error)")
        }
    }
}

extension DataValue {
    /// What a YAML document says.
    init(_ value: ManifestValue) {
        switch value.content {
        case .null: self = .null
        case .scalar(let text, let isPlain): self = isPlain ? DataValue(plain: text) : .text(text)
        case .list(let items): self = .list(items.map { DataValue($0) })
        case .fields(let fields): self = .fields(Dictionary(fields.map { ($0.name, DataValue($0.value)) }) { first, _ in first })
        }
    }

    private init(plain text: String) {
        switch PlainScalar(text) {
        case .number:
            self = Int64(text).map { .integer($0) } ?? UInt64(text).map { .unsigned($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case .truth: self = .truth(["true", "yes", "on"].contains(text.lowercased()))
        case .null: self = .null
        case .text: self = .text(text)
        }
    }
}
