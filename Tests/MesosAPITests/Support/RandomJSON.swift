import ClusterTesting
import Foundation
import SwiftProtobuf

/// Makes JSON for messages by their descriptors, with each optional field there or not.
struct RandomJSON {
    let descriptors: Descriptors
    var random: SeededGenerator

    /// Optional messages are left out below `depth`; required ones never.
    mutating func object(_ name: String, depth: Int) -> String {
        guard let message = descriptors.messages[name] else { return "{}" }
        var oneofs = Set<Int32>()
        var members: [String] = []
        for field in message.field where field.label == .required || isWanted(field, depth) {
            if field.hasOneofIndex, !oneofs.insert(field.oneofIndex).inserted { continue }
            members.append("\"\(field.name)\":\(value(of: field, depth))")
        }
        return "{\(members.shuffled(using: &random).joined(separator: ","))}"
    }

    private mutating func isWanted(_ field: Google_Protobuf_FieldDescriptorProto, _ depth: Int) -> Bool {
        (field.type != .message || depth > 0) && Int.random(in: 0..<3, using: &random) == 0
    }

    private mutating func value(of field: Google_Protobuf_FieldDescriptorProto, _ depth: Int) -> String {
        let type = String(field.typeName.dropFirst())
        if let entry = descriptors.messages[type], entry.options.mapEntry {
            let members = (0..<Int.random(in: 1..<3, using: &random)).map { index in
                "\"\(index)\u{e9}\\n\":\(single(entry.field[1], depth))"
            }
            return "{\(members.joined(separator: ","))}"
        }
        guard field.label == .repeated else { return single(field, depth) }
        return "[\((0..<Int.random(in: 0..<3, using: &random)).map { _ in single(field, depth) }.joined(separator: ","))]"
    }

    private mutating func bytes() -> Data {
        Data((0..<Int.random(in: 0..<5, using: &random)).map { _ in .random(in: 0...255, using: &random) })
    }

    private mutating func single(_ field: Google_Protobuf_FieldDescriptorProto, _ depth: Int) -> String {
        switch field.type {
        case .message: object(String(field.typeName.dropFirst()), depth: depth - 1)
        case .enum: "\"\(descriptors.enums[String(field.typeName.dropFirst())]?.value.randomElement(using: &random)?.name ?? "")\""
        case .bool: Bool.random(using: &random) ? "true" : "false"
        case .string: ["\"\"", "\"text\"", "\"a\\\"b\\\\c\\u0001\"", "\"\u{e9}\u{1F600}\""].randomElement(using: &random) ?? ""
        case .bytes: "\"\(bytes().base64EncodedString())\""
        case .double: "\(Double(bitPattern: .random(in: 0...UInt64.max, using: &random)).finiteOrHalf)"
        case .int32: "\(Int32.random(in: .min ... .max, using: &random))"
        case .uint32: "\(UInt32.random(in: .min ... .max, using: &random))"
        case .int64: "\(Int64.random(in: .min ... .max, using: &random))"
        default: "\(UInt64.random(in: .min ... .max, using: &random))"
        }
    }
}

extension Double {
    fileprivate var finiteOrHalf: Double { isFinite ? self : 0.5 }
}
