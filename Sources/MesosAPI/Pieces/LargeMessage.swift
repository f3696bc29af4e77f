public import SwiftProtobuf

/// A message of very many elements, such as the state of a cluster: it is written without being held as a whole.
public protocol LargeMessage: Sendable {
    /// The message that it is.
    associatedtype Whole: Message

    /// Writes its fields in the order of their numbers.
    func write(to writer: inout some MessageWriter)
}

/// Takes the fields of a message, one after the other. Names of fields are those of the .proto files.
public protocol MessageWriter {
    /// Takes all fields that are set in a message of the type that is being written.
    mutating func fields(of message: some Message)

    /// Takes a field that is a message; `content` writes what is in it.
    mutating func field(_ name: String, _ content: (inout Self) -> Void)

    /// Takes a repeated field of messages. Each is made when its turn comes, if the sequence is lazy.
    mutating func list(_ name: String, _ elements: some Sequence<some Message>)
}

extension MessageEncoding {
    /// Hands over a message in pieces; all of them together are what ``encode(_:)`` makes of the whole.
    ///
    /// JSON is handed over while the rest is being made. In protobuf's binary form the length of a message stands before it, so
    /// nothing is handed over before all of it is made.
    ///
    /// - Parameters:
    ///   - pieceBytes: how long a piece is at least, but for the last one and, in the binary form, those between two messages.
    ///   - take: called with each piece.
    public func write<M: LargeMessage>(_ message: M, pieceBytes: Int, take: ([UInt8]) -> Void) {
        let schema = SchemaCatalog.schema(of: M.Whole.self)
        withoutActuallyEscaping(take) { take in
            switch self {
            case .json:
                var writer = JSONMessageWriter(schema, pieceBytes: pieceBytes, take: take)
                message.write(to: &writer)
                writer.finish()
            case .protobuf:
                var writer = BinaryMessageWriter(schema, pieceBytes: pieceBytes)
                message.write(to: &writer)
                for piece in writer.finished() { take(piece) }
            }
        }
    }
}

extension MessageSchema {
    /// A field that our own code names.
    func position(ofField name: String) -> Int {
        guard let position = position(name: Array(name.utf8)[...]) else {
            preconditionFailure("there is no field \(name) in the generated descriptors: run `make proto`")
        }
        return position
    }

    /// What is in a field that our own code knows to be a message.
    func message(at position: Int) -> MessageSchema {
        guard case .message(let reference) = fields[position].kind else {
            preconditionFailure("the field \(fields[position].name) is no message in the descriptors: run `make proto`")
        }
        return reference.schema
    }
}
