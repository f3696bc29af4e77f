import MesosAPI
import Testing

@Suite struct RecordIOTests {
    private static let records = ["{}", "x", "12\n34", String(repeating: "r", count: 300)].map { Array($0.utf8) }
    private static let stream = records.flatMap { RecordIO.frame($0) }

    private func drain(_ decoder: inout RecordIODecoder) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        while let record = try decoder.next() { records.append(record) }
        return records
    }

    @Test func frameIsLengthNewlineRecord() {
        #expect(RecordIO.frame(Array("hello".utf8)) == Array("5\nhello".utf8))
    }

    @Test(arguments: 1...50)
    func piecesOfAnySize(_ size: Int) throws {
        var decoder = RecordIODecoder(maximumRecordLength: 1000)
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: Self.stream.count, by: size) {
            decoder.append(Self.stream[start..<min(start + size, Self.stream.count)])
            found += try drain(&decoder)
        }
        #expect(found == Self.records)
        #expect(decoder.bufferedBytes == 0)
    }

    @Test func cutAtEachByte() throws {
        for cut in 0...Self.stream.count {
            var decoder = RecordIODecoder(maximumRecordLength: 300)
            decoder.append(Self.stream[..<cut])
            var found = try drain(&decoder)
            decoder.append(Self.stream[cut...])
            found += try drain(&decoder)
            #expect(found == Self.records)
        }
    }

    static let badLengths = [
        "0\n", "\n", "a\n", "-1\n", "+1\n", " 1\n", "1 \n", "1\r\n", "0x1\n", "{}", "18446744073709551616\n", "99999999999999999999\n",
        "000000000000000000001\n", "111111111111111111111", "\u{0}",
    ]

    @Test(arguments: badLengths)
    func badLength(_ text: String) {
        var decoder = RecordIODecoder(maximumRecordLength: .max)
        decoder.append(text.utf8)
        #expect {
            try decoder.next()
        } throws: { error in
            if case .badLength? = error as? RecordIOError { true } else { false }
        }
    }

    @Test(arguments: [("11\n", 11), ("18446744073709551615\n", UInt64.max)])
    func tooLongIsKnownBeforeItIsRead(_ text: String, _ length: UInt64) {
        var decoder = RecordIODecoder(maximumRecordLength: 10)
        decoder.append(text.utf8)
        #expect(throws: RecordIOError.recordTooLong(length: length, limit: 10)) { try decoder.next() }
    }

    @Test func exactlyTheLimit() throws {
        var decoder = RecordIODecoder(maximumRecordLength: 3)
        decoder.append("3\nabc".utf8)
        #expect(try decoder.next() == Array("abc".utf8))
        #expect(try decoder.next() == nil)
    }

    /// A record is held once, not once for each piece of it.
    @Test func longStreamsAreNotKept() throws {
        var decoder = RecordIODecoder(maximumRecordLength: 1000)
        for _ in 0..<10_000 {
            decoder.append(RecordIO.frame(Array(repeating: 0x61, count: 100)))
            #expect(try decoder.next()?.count == 100)
            #expect(decoder.bufferedBytes == 0)
        }
    }
}
