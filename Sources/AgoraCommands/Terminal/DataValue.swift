import Foundation

/// Data of no certain kind: what a value is in JSON.
enum DataValue: Hashable, Sendable, Encodable {
    case null
    case truth(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case real(Double)
    case text(String)
    case list([DataValue])
    case fields([String: DataValue])

    /// Nothing is null.
    init(_ text: String?) {
        self = text.map { .text($0) } ?? .null
    }

    /// Nothing is null.
    init(_ number: Double?) {
        self = number.map { .real($0) } ?? .null
    }

    init(json: some Collection<UInt8>) throws {
        self.init(foundation: try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed))
    }

    init(encoding value: some Encodable) throws {
        self = try (value as? DataValue) ?? DataValue(json: JSONEncoder().encode(value))
    }

    private init(foundation value: Any) {
        switch value {
        case let text as String: self = .text(text)
        case let list as [Any]: self = .list(list.map { DataValue(foundation: $0) })
        case let fields as [String: Any]: self = .fields(fields.mapValues { DataValue(foundation: $0) })
        case let number as NSNumber:
            // Foundation keeps apart what JSON does by the letter of the number's type in C.
            switch number.objCType.pointee {
            case CChar(bitPattern: UInt8(ascii: "c")): self = .truth(number.boolValue)
            case CChar(bitPattern: UInt8(ascii: "Q")): self = .unsigned(number.uint64Value)
            // Numbers of many digits come as decimal ones, which do not turn into the nearest of 64 bits by themselves.
            case CChar(bitPattern: UInt8(ascii: "d")): self = .real(Double(number.stringValue) ?? number.doubleValue)
            default: self = .integer(number.int64Value)
            }
        default: self = .null
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .truth(let truth): try container.encode(truth)
        case .integer(let number): try container.encode(number)
        case .unsigned(let number): try container.encode(number)
        case .real(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .fields(let fields): try container.encode(fields)
        }
    }
}
