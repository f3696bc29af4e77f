/// A request's target taken apart: the path decoded, the query in pieces (RFC 9112, section 3.2; RFC 3986, section 2.1).
struct RequestTarget: Hashable {
    /// Why a target cannot be taken apart, for the client to read.
    struct Malformed: Error, Hashable {
        let reason: String
    }

    let path: String
    let query: HTTPQuery

    /// Takes apart `/path?query`, or the same behind `http://host`.
    init(parsing target: String) throws(Malformed) {
        let originForm = try Self.originForm(target)
        guard let mark = originForm.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = try Self.decodedPath(originForm)
            query = .empty
            return
        }
        path = try Self.decodedPath(originForm[..<mark])
        query = try Self.query(originForm[originForm.utf8.index(after: mark)...], what: "query")
    }

    /// The target from the path on: a proxy's client sends scheme and host before it.
    private static func originForm(_ target: String) throws(Malformed) -> Substring {
        if target.utf8.first == UInt8(ascii: "/") { return target[...] }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            guard let start = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else { return "/" }
            return rest.utf8[start] == UInt8(ascii: "/") ? rest[start...] : Substring("/" + rest[start...])
        }
        throw Malformed(reason: "the request's target must be a path that begins with a slash")
    }

    private static func decodedPath(_ encoded: Substring) throws(Malformed) -> String {
        let isPlain = encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: ".") }
        if isPlain { return String(encoded) }
        let path = try decoded(encoded, what: "path", plusIsSpace: false)
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw Malformed(reason: "the request's path has a \".\" or \"..\" segment")
            }
        }
        return path
    }

    /// Takes apart `name=value&…`; `what` names the place in errors.
    static func query(_ encoded: Substring, what: String) throws(Malformed) -> HTTPQuery {
        var items: [HTTPQuery.Item] = []
        for pair in encoded.utf8.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            let value = pair.dropFirst(name.count + 1)
            items.append(
                HTTPQuery.Item(
                    name: try decoded(Substring(name), what: what, plusIsSpace: true),
                    value: try decoded(Substring(value), what: what, plusIsSpace: true)
                )
            )
        }
        return HTTPQuery(items: items)
    }

    /// Undoes percent-encoding. Refused: broken escapes, control characters (NUL above all), bytes that are not UTF-8.
    private static func decoded(_ encoded: Substring, what: String, plusIsSpace: Bool) throws(Malformed) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.utf8.count)
        var rest = encoded.utf8.makeIterator()
        while var byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(hexadecimalValue), let low = rest.next().flatMap(hexadecimalValue) else {
                    throw Malformed(reason: "the request's \(what) has a % that two hexadecimal digits do not follow")
                }
                byte = high << 4 | low
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                byte = UInt8(ascii: " ")
            }
            guard byte >= 0x20, byte != 0x7F else {
                throw Malformed(reason: "the request's \(what) has a control character")
            }
            bytes.append(byte)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Malformed(reason: "the request's \(what) is not UTF-8")
        }
        return text
    }

    private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
