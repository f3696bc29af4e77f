import SwiftProtobuf

/// Writes a message in protobuf's binary form, in pieces: so that what is already written is never moved for what comes, and the
/// length of a message can be put before it.
struct BinaryMessageWriter: MessageWriter {
    /// The message that is being written.
    private struct Place {
        let schema: MessageSchema
        /// Those that are full.
        var pieces: [[UInt8]] = []
        /// Bytes in them.
        var count = 0
        var last = BinaryOutput()

        mutating func close() {
            guard !last.bytes.isEmpty else { return }
            count += last.bytes.count
            pieces.append(last.bytes)
            last = BinaryOutput()
        }
    }

    private var place: Place
    private let pieceBytes: Int

    init(_ schema: MessageSchema, pieceBytes: Int) {
        place = Place(schema: schema)
        self.pieceBytes = pieceBytes
    }

    mutating func fields(of message: some Message) {
        place.last.append(MessageEncoding.protobuf.encode(message))
    }

    mutating func field(_ name: String, _ content: (inout BinaryMessageWriter) -> Void) {
        var outer = place
        let position = outer.schema.position(ofField: name)
        place = Place(schema: outer.schema.message(at: position))
        content(&self)
        place.close()
        outer.last.tag(outer.schema.fields[position].number, .lengthDelimited)
        outer.last.varint(UInt64(place.count))
        outer.close()
        outer.pieces += place.pieces
        outer.count += place.count
        place = outer
    }

    mutating func list(_ name: String, _ elements: some Sequence<some Message>) {
        let number = place.schema.fields[place.schema.position(ofField: name)].number
        for element in elements {
            place.last.tag(number, .lengthDelimited)
            place.last.delimited(MessageEncoding.protobuf.encode(element))
            if place.last.bytes.count >= pieceBytes { place.close() }
        }
    }

    /// All pieces of the message.
    mutating func finished() -> [[UInt8]] {
        place.close()
        return place.pieces
    }
}
