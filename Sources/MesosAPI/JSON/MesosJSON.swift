public import SwiftProtobuf

/// Mesos's own mapping between messages and JSON, which is not protobuf's canonical one.
///
/// Names stand as in the .proto files (`snake_case`), 64-bit numbers are bare, enums go by name, bytes are base64,
/// unknown keys are ignored, `null` is the same as absent, and fields that declare a default are written even when
/// they are not set. The generated descriptors give the names, so that one mapping serves every message. See `docs/wire.md`.
public enum MesosJSON {
    /// The message as a JSON object, in UTF-8.
    public static func encode<M: Message>(_ message: M) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        append(message, to: &output)
        return output
    }

    /// Writes the message as a JSON object behind what is there.
    static func append<M: Message>(_ message: M, to output: inout [UInt8]) {
        do {
            try MessageToJSON.append(message, to: &output)
        } catch {
            preconditionFailure("\(M.protoMessageName) of our own making does not encode: \(error)")
        }
    }

    /// The message that the JSON object says.
    ///
    /// - Throws: an error that names the field, for text that is not JSON, not an object, lacks a required field, or
    ///   holds a value that the field cannot take.
    public static func decode<M: Message>(_ type: M.Type, from text: [UInt8]) throws(MesosJSONError) -> M {
        let binary = try JSONToBinary.convert(text, SchemaCatalog.schema(of: M.self))
        do {
            return try M(serializedBytes: binary)
        } catch {
            throw MesosJSONError("the body is no \(M.protoMessageName): \(error)")
        }
    }
}
