import DequeModule
import MesosAPI
import NIOCore

/// The newest events for those who watch, framed, in pieces that are numbered without gaps. Old pieces give way to new ones.
struct EventRing {
    /// The same events in each encoding that somebody reads.
    typealias Piece = [MessageEncoding: ByteBuffer]

    private var pieces: Deque<Piece> = []
    private var bytes = 0
    private let limit: Int

    /// The number of the oldest piece that is kept.
    private(set) var first = 0

    /// - Parameter limit: how many bytes are kept at most; the newest piece is kept in any case.
    init(limit: Int) {
        self.limit = limit
    }

    /// The number that the next piece will have.
    var end: Int { first + pieces.count }

    mutating func append(_ piece: Piece) {
        pieces.append(piece)
        bytes += Self.size(piece)
        while bytes > limit, pieces.count > 1, let old = pieces.popFirst() {
            bytes -= Self.size(old)
            first += 1
        }
    }

    /// Lets all pieces go; their numbers are not used again.
    mutating func clear() {
        first = end
        pieces = []
        bytes = 0
    }

    /// A piece by its number; nil if it is kept no longer or there is none yet.
    subscript(number: Int) -> Piece? {
        number >= first && number < end ? pieces[number - first] : nil
    }

    private static func size(_ piece: Piece) -> Int { piece.values.reduce(0) { $0 + $1.readableBytes } }
}
