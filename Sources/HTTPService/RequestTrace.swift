import NIOCore
import NIOHTTP1

/// What is logged of a request once it is answered, if that much is logged at all.
struct RequestTrace: Sendable {
    /// "POST /api/v1"
    let line: String
    private let began = NIODeadline.now()

    /// What follows a question mark may be long; of anything longer the beginning tells enough.
    private static let longest = 200

    init(_ head: HTTPRequestHead) {
        line = "\(head.method.rawValue) \(head.uri.prefix(Self.longest))"
    }

    /// How long the answer took, for people: "1.234".
    var milliseconds: String {
        let microseconds = (NIODeadline.now() - began).nanoseconds / 1000
        let rest = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
