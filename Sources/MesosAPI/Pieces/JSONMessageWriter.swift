import SwiftProtobuf

/// Writes a message as JSON, and hands over what is written in pieces. See ``MesosJSON``.
struct JSONMessageWriter: MessageWriter {
    /// The object that is being written.
    private struct Place {
        let schema: MessageSchema
        var isEmpty = true
        /// The fields that were written.
        var set: FieldSet = []
    }

    private var bytes: [UInt8] = []
    private var place: Place
    private let pieceBytes: Int
    private let take: ([UInt8]) -> Void

    init(_ schema: MessageSchema, pieceBytes: Int, take: @escaping ([UInt8]) -> Void) {
        place = Place(schema: schema)
        self.pieceBytes = pieceBytes
        self.take = take
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func fields(of message: some Message) {
        let object = MesosJSON.encode(message)
        // Those that are not set and written all the same are among them.
        for position in place.schema.writtenWhenUnset { place.set.insert(position) }
        guard object.count > 2 else { return }
        separate()
        bytes += object[1..<object.count - 1]
    }

    mutating func field(_ name: String, _ content: (inout JSONMessageWriter) -> Void) {
        let position = begin(name)
        let outer = place
        place = Place(schema: outer.schema.message(at: position))
        bytes.append(UInt8(ascii: "{"))
        content(&self)
        end()
        place = outer
    }

    mutating func list(_ name: String, _ elements: some Sequence<some Message>) {
        var isEmpty = true
        for element in elements {
            if isEmpty {
                _ = begin(name)
                bytes.append(UInt8(ascii: "["))
                isEmpty = false
            } else {
                bytes.append(UInt8(ascii: ","))
            }
            MesosJSON.append(element, to: &bytes)
            handOver(from: pieceBytes)
        }
        if !isEmpty { bytes.append(UInt8(ascii: "]")) }
    }

    /// Ends the message and hands over the last piece.
    mutating func finish() {
        end()
        handOver(from: 1)
    }

    private mutating func handOver(from size: Int) {
        guard bytes.count >= size else { return }
        take(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func begin(_ name: String) -> Int {
        let position = place.schema.position(ofField: name)
        separate()
        bytes += place.schema.fields[position].keyJSON
        place.set.insert(position)
        return position
    }

    private mutating func end() {
        for position in place.schema.writtenWhenUnset where !place.set.contains(position) {
            let field = place.schema.fields[position]
            separate()
            bytes += field.keyJSON
            bytes += field.jsonWhenUnset ?? []
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func separate() {
        if !place.isEmpty { bytes.append(UInt8(ascii: ",")) }
        place.isEmpty = false
    }
}
