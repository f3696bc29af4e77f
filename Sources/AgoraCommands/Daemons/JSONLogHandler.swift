import Foundation
import Logging
import MesosAPI

/// Logs for programs: an object in each line, with `time`, `level`, `label`, `message`, and the facts under `metadata`.
struct JSONLogHandler: LogHandler {
    let label: String
    /// Takes a whole line.
    let write: @Sendable ([UInt8]) -> Void
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    init(label: String, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.label = label
        self.write = write
    }

    /// To standard error, where a service manager collects it: a line in one write, so that lines of several threads stay whole.
    static func standardError(label: String) -> JSONLogHandler {
        JSONLogHandler(label: label) { line in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("time", Date.now.formatted(Self.time))
            writer.field("level", event.level.rawValue)
            writer.field("label", label)
            writer.field("message", event.message.description)
            if let error = event.error { writer.field("error", "\(error)") }
            guard !facts.isEmpty else { return }
            writer.object("metadata") { Self.write(facts, to: &$0) }
        }
        write(writer.bytes + [UInt8(ascii: "\n")])
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func write(_ facts: Logger.Metadata, to writer: inout JSONWriter) {
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .string(let text): writer.field(name, text)
            case .stringConvertible(let thing): writer.field(name, thing.description)
            case .dictionary(let facts): writer.object(name) { write(facts, to: &$0) }
            case .array(let values): writer.strings(name, values.map(\.description))
            }
        }
    }
}
