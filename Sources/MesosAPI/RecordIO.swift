/// Framing of records on a stream: the length in decimal, a newline, the record; over and over.
public enum RecordIO {
    /// The record with its length before it.
    public static func frame(_ record: [UInt8]) -> [UInt8] {
        head(of: record.count) + record
    }

    /// What stands before a record of so many bytes.
    public static func head(of count: Int) -> [UInt8] {
        Array("\(count)\n".utf8)
    }
}

/// Why a stream is not RecordIO, or not one that we take. The stream cannot be read any further.
public enum RecordIOError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The length is not a decimal number between 1 and 2^64 - 1.
    case badLength(String)
    /// The record is longer than the reader takes, both in bytes.
    case recordTooLong(length: UInt64, limit: Int)

    /// What was wrong, for people.
    public var description: String {
        switch self {
        case .badLength(let text): "a record's length must be a decimal number above 0 and a newline, found '\(text)'"
        case .recordTooLong(let length, let limit): "a record of \(length) bytes is longer than the limit of \(limit) bytes"
        }
    }
}

/// Finds the records in a stream that arrives in pieces.
public struct RecordIODecoder: Sendable {
    private let maximumRecordLength: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var awaited: Int?

    /// The longest length in digits: that of 2^64 - 1.
    private static let maximumDigits = 20

    /// - Parameter maximumRecordLength: in bytes; a longer record is an error before it is read.
    public init(maximumRecordLength: Int) {
        self.maximumRecordLength = maximumRecordLength
    }

    /// Bytes that are held and belong to no complete record yet.
    public var bufferedBytes: Int { buffer.count - position }

    /// Adds what has arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if position > 0, position == buffer.count || position > 65_536 {
            buffer.removeFirst(position)
            position = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next complete record; nil until more has arrived.
    public mutating func next() throws(RecordIOError) -> [UInt8]? {
        guard let length = try length(), buffer.count - position >= length else { return nil }
        defer {
            position += length
            awaited = nil
        }
        return Array(buffer[position..<position + length])
    }

    private mutating func length() throws(RecordIOError) -> Int? {
        if let awaited { return awaited }
        let line = buffer[position...].prefix(Self.maximumDigits + 1)
        guard let newline = line.firstIndex(of: 0x0A) else {
            let isHopeless = line.count > Self.maximumDigits || line.contains { !(0x30...0x39).contains($0) }
            guard !isHopeless else { throw .badLength(Self.shown(line)) }
            return nil
        }
        let digits = line[..<newline]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = UInt64(String(decoding: digits, as: UTF8.self)), length > 0
        else { throw .badLength(Self.shown(digits)) }
        guard length <= UInt64(maximumRecordLength) else { throw .recordTooLong(length: length, limit: maximumRecordLength) }
        position = newline + 1
        awaited = Int(length)
        return awaited
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        String(String(decoding: bytes, as: UTF8.self).prefix(maximumDigits))
    }
}
