import NIOHTTP1

/// What a server needs to know of a request's head, gathered in one pass over its fields.
struct RequestHeadFacts {
    var hostCount = 0
    var contentLength: Int?
    var isChunked = false
    var expectation: String?
    var acceptsGzip = false
    var contentEncoding: String?
    var origin: String?
    var wantsUpgrade = false

    init(_ head: HTTPRequestHead) {
        wantsUpgrade = head.method == .CONNECT
        for (name, value) in head.headers {
            read(name, value)
        }
    }

    /// Field names are told apart by their length first: most fields cost one comparison of numbers.
    private mutating func read(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name.isSameFieldName(as: "host"):
            hostCount += 1
        case 6 where name.isSameFieldName(as: "expect"):
            expectation = value
        case 6 where name.isSameFieldName(as: "origin"):
            origin = value
        case 7 where name.isSameFieldName(as: "upgrade"):
            wantsUpgrade = true
        case 14 where name.isSameFieldName(as: "content-length"):
            contentLength = Int(value)
        case 15 where name.isSameFieldName(as: "accept-encoding"):
            acceptsGzip = acceptsGzip || Self.acceptsGzip(value)
        case 16 where name.isSameFieldName(as: "content-encoding"):
            contentEncoding = contentEncoding.map { $0 + ", " + value } ?? value
        case 17 where name.isSameFieldName(as: "transfer-encoding"):
            isChunked = true
        default:
            break
        }
    }

    /// Whether a list of codings has gzip with a weight above zero (RFC 9110, section 12.5.3).
    static func acceptsGzip(_ value: String) -> Bool {
        for item in value.split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.trimmed.lowercased() }
            guard let coding = parts.first, coding == "gzip" || coding == "x-gzip" || coding == "*" else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return weight > 0
        }
        return false
    }
}

extension Substring {
    /// Without the blanks around it.
    var trimmed: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var result = drop(while: isBlank)
        while let last = result.last, isBlank(last) { result.removeLast() }
        return result
    }
}
