import HashTreeCollections

/// The newest elements up to a limit, oldest first; copies share what they have in common.
package struct History<Element: Sendable>: Sendable {
    private var elements = TreeDictionary<Int, Element>()
    private var first = 0
    private var next = 0
    private let limit: Int

    /// An empty history of at most `limit` elements.
    package init(limit: Int) {
        self.limit = max(limit, 0)
    }

    /// How many elements are kept.
    package var count: Int { next - first }

    /// The kept elements, oldest first.
    package var all: some Sequence<Element> {
        (first..<next).lazy.compactMap { elements[$0] }
    }

    /// Adds the newest; returns the one that had to give way.
    @discardableResult
    package mutating func append(_ element: Element) -> Element? {
        guard limit > 0 else { return element }
        elements[next] = element
        next += 1
        guard count > limit else { return nil }
        defer { first += 1 }
        return elements.removeValue(forKey: first)
    }
}
