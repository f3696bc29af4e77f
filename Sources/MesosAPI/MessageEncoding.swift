public import SwiftProtobuf

/// The two forms a message takes in a body or a record.
public enum MessageEncoding: Hashable, Sendable, CaseIterable {
    case json, protobuf

    /// `application/json` or `application/x-protobuf`.
    public var mediaType: String {
        switch self {
        case .json: "application/json"
        case .protobuf: "application/x-protobuf"
        }
    }

    /// The message in this form.
    public func encode<M: Message>(_ message: M) -> [UInt8] {
        switch self {
        case .json: return MesosJSON.encode(message)
        case .protobuf:
            do {
                return try message.serializedBytes(partial: true)
            } catch {
                preconditionFailure("\(M.protoMessageName) of our own making does not encode: \(error)")
            }
        }
    }

    /// The message that the bytes hold; the error names the field that is wrong or missing.
    public func decode<M: Message>(_ type: M.Type, from bytes: [UInt8]) throws(MesosJSONError) -> M {
        guard self == .protobuf else { return try MesosJSON.decode(type, from: bytes) }
        let message: M
        do {
            message = try M(serializedBytes: bytes, partial: true)
        } catch {
            throw MesosJSONError("it is not in protobuf's binary form: \(error)")
        }
        guard message.isInitialized else {
            throw MesosJSONError("the required field is missing", path: (try? MissingField.path(in: message)) ?? "")
        }
        return message
    }
}
