import HashTreeCollections

/// The newest elements by key up to a limit; a key that is set again becomes the newest.
package struct KeyedHistory<Key: Hashable & Sendable, Element: Sendable>: Sendable {
    private struct Slot: Sendable {
        let order: Int
        var element: Element
    }

    private var slots = TreeDictionary<Key, Slot>()
    private var keys = TreeDictionary<Int, Key>()
    /// The order of the oldest key; `next` if there is none.
    private var oldest = 0
    private var next = 0
    private let limit: Int

    /// An empty history of at most `limit` elements, at least one.
    package init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// How many elements are kept.
    package var count: Int { slots.count }

    /// The kept elements, in no order.
    package var all: some Sequence<(key: Key, element: Element)> {
        slots.lazy.map { (key: $0.key, element: $0.value.element) }
    }

    /// The element of a key.
    package subscript(key: Key) -> Element? { slots[key]?.element }

    /// The key that was set longest ago, with its element.
    package var first: (key: Key, element: Element)? {
        guard let key = keys[oldest], let slot = slots[key] else { return nil }
        return (key, slot.element)
    }

    /// Adds an element as the newest; the oldest gives way if there are too many.
    ///
    /// - Returns: the key that gave way.
    @discardableResult
    package mutating func set(_ key: Key, to element: Element) -> Key? {
        remove(key)
        slots[key] = Slot(order: next, element: element)
        keys[next] = key
        next += 1
        guard slots.count > limit, let first else { return nil }
        remove(first.key)
        return first.key
    }

    /// Changes the element of a key that is there; its age stays.
    package mutating func update(_ key: Key, _ change: (inout Element) -> Void) {
        guard var slot = slots[key] else { return }
        change(&slot.element)
        slots[key] = slot
    }

    /// Forgets a key; returns its element.
    @discardableResult
    package mutating func remove(_ key: Key) -> Element? {
        guard let slot = slots.removeValue(forKey: key) else { return nil }
        keys[slot.order] = nil
        while oldest < next, keys[oldest] == nil { oldest += 1 }
        return slot.element
    }
}
