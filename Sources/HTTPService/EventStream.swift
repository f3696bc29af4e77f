public import MesosAPI
public import NIOCore
public import SwiftProtobuf

/// A stream of events of one type: each a RecordIO record, in the form that its client asked for. Usable from any thread.
public struct EventStream<Event: Message>: Sendable {
    /// The form of the records.
    public let encoding: MessageEncoding

    private let stream: HTTPStream

    /// Events over `stream`, which nothing else writes to.
    public init(_ stream: HTTPStream, _ encoding: MessageEncoding) {
        self.stream = stream
        self.encoding = encoding
    }

    /// Sends an event. Never blocks.
    ///
    /// - Returns: false if it will not arrive: the stream has ended, or ends because its client reads too slowly.
    @discardableResult
    public func send(_ event: Event) -> Bool {
        send(encoded: encoding.encode(event))
    }

    /// Sends an event that was encoded before, once for many streams of the same encoding.
    ///
    /// RecordIO has no record of zero bytes, so an event that is empty in its encoding is not sent.
    @discardableResult
    public func send(encoded record: [UInt8]) -> Bool {
        record.isEmpty || stream.write(RecordIO.frame(record))
    }

    /// Sends bytes of records that were framed before, once for many streams of the same encoding; a record may come in pieces.
    @discardableResult
    public func send(framed bytes: ByteBuffer) -> Bool {
        stream.write(bytes)
    }

    /// Closes the connection at once, since its client reads too slowly.
    public func cutOff() {
        stream.cutOff()
    }

    /// Waits until less than a number of bytes wait for the client; false if the stream is over.
    public func waitUntilBuffered(below limit: Int) async -> Bool {
        await stream.waitUntilBuffered(below: limit)
    }

    /// Ends the stream after what was sent.
    public func finish() {
        stream.finish()
    }

    /// Bytes that wait for the client at this moment.
    public var bufferedBytes: Int { stream.bufferedBytes }
}
