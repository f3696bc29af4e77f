import Foundation
import MesosAPI

/// One of a ``WatcherCrowd``.
struct Watcher {
    /// So many bytes had come at a time.
    struct Mark {
        var count: UInt32
        /// Since events began to count, in milliseconds.
        let moment: UInt32
    }

    /// An event: where it ends, and when its agent said it, in milliseconds since events began to count.
    struct Record {
        let end: UInt32
        let sent: Double
    }

    let descriptor: Int32
    private let isRead: Bool
    /// What came before the state, until its length is known.
    private var head: [UInt8]? = []
    /// How many bytes of the state are still to come.
    private var rest = 0
    private var count: UInt32 = 0
    private var decoder = RecordIODecoder(maximumRecordLength: 1 << 20)
    private(set) var isOver = false
    private(set) var marks: [Mark] = []
    private(set) var records: [Record] = []

    /// - Parameter isRead: whether its events are looked at, not only counted.
    init(_ descriptor: Int32, isRead: Bool) {
        self.descriptor = descriptor
        self.isRead = isRead
    }

    /// Whether it was shown the state.
    var isShown: Bool { head == nil && rest == 0 }

    mutating func begin() {
        count = 0
        decoder = RecordIODecoder(maximumRecordLength: 1 << 20)
    }

    /// Takes what has come.
    mutating func read(begun: Double?) {
        if !isShown { return readState() }
        let bytes = isRead ? receive(64 << 10) : []
        // The kernel lets go of the bytes without copying them: tcp(7), MSG_TRUNC.
        let size = isRead ? bytes.count : recv(descriptor, nil, 1 << 20, Int32(MSG_TRUNC))
        guard size > 0 else { return isOver = true }
        guard let begun else { return }
        mark(size, begun)
        if isRead { note(bytes, begun) }
    }

    private mutating func readState() {
        let bytes = receive(64 << 10)
        guard !bytes.isEmpty else { return isOver = true }
        guard var known = head else {
            rest = max(0, rest - bytes.count)
            return
        }
        known += bytes
        head = known
        guard let end = known.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound, let line = known[end...].firstIndex(of: 0x0A),
            let length = Int(String(decoding: known[end..<line], as: UTF8.self))
        else { return }
        head = nil
        rest = max(0, length - (known.count - line - 1))
    }

    private mutating func receive(_ most: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, most, 0))
        }
    }

    private mutating func mark(_ size: Int, _ begun: Double) {
        count += UInt32(size)
        let moment = UInt32(max(0, (WallClock.now - begun) * 1000))
        if marks.last?.moment == moment { marks[marks.count - 1].count = count } else { marks.append(Mark(count: count, moment: moment)) }
    }

    private static let key = Array(#""timestamp":"#.utf8)

    /// Notes when what was told was said; heartbeats are nobody's.
    private mutating func note(_ bytes: [UInt8], _ begun: Double) {
        decoder.append(bytes)
        while let record = try? decoder.next() {
            guard let begin = record.firstRange(of: Self.key)?.upperBound else { continue }
            let digits = record[begin...].prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            guard let sent = Double(String(decoding: digits, as: UTF8.self)) else { continue }
            records.append(Record(end: count - UInt32(decoder.bufferedBytes), sent: (sent - begun) * 1000))
        }
    }

    /// Asks over a new connection. By HTTP/1.0, so that nothing stands between the bytes of the records.
    static func subscribe(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let body = #"{"type": "SUBSCRIBE"}"#
        let head = "POST /api/v1 HTTP/1.0\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let request = Array((head + body).utf8)
        guard result == 0, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return descriptor
    }
}
