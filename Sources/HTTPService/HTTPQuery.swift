/// The parameters after the `?` of a request's target, decoded.
public struct HTTPQuery: Sendable, Hashable {
    /// One parameter. Without `=` the value is empty.
    public struct Item: Sendable, Hashable {
        /// The decoded name.
        public let name: String

        /// The decoded value.
        public let value: String
    }

    /// All parameters, in the order they came.
    public let items: [Item]

    /// No parameters.
    static let empty = HTTPQuery(items: [])

    init(items: [Item]) {
        self.items = items
    }

    /// The first value of a parameter, or nil if it was not given.
    public subscript(name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    /// All values of a parameter, in the order they came.
    public func all(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }
}
