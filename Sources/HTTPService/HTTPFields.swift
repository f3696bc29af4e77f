import NIOHTTP1

/// The header fields of a request: names are compared without regard to case, order and repetitions are kept.
public struct HTTPFields: Sendable {
    private let headers: HTTPHeaders

    init(_ headers: HTTPHeaders) {
        self.headers = headers
    }

    /// The first value of a field, or nil if the request does not have it.
    public subscript(name: String) -> String? {
        headers.first(name: name)
    }

    /// All values of a field, in the order they came.
    public func all(_ name: String) -> [String] {
        headers[name]
    }

    /// The values of a field that is a list, joined by commas as if it had been sent once (RFC 9110, section 5.3).
    public func joined(_ name: String) -> String? {
        let values = headers[name]
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Names and values as they came.
    public var items: [(name: String, value: String)] {
        headers.map { (name: $0.name, value: $0.value) }
    }
}
