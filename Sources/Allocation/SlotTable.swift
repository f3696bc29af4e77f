/// Elements under small numbers, which are used again after removal: a number is quicker to store, compare and look
/// up than a name.
struct SlotTable<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var free: [Int] = []

    /// The numbers in use, rising.
    var slots: [Int] {
        elements.indices.filter { elements[$0] != nil }
    }

    mutating func insert(_ element: Element) -> Int {
        guard let slot = free.popLast() else {
            elements.append(element)
            return elements.count - 1
        }
        elements[slot] = element
        return slot
    }

    mutating func remove(_ slot: Int) {
        precondition(elements[slot] != nil, "a slot can be emptied once")
        elements[slot] = nil
        free.append(slot)
    }

    /// The element of a number that may be in use no longer.
    func find(_ slot: Int) -> Element? {
        elements.indices.contains(slot) ? elements[slot] : nil
    }

    subscript(slot: Int) -> Element {
        get {
            guard let element = elements[slot] else { preconditionFailure("the slot is empty") }
            return element
        }
        _modify {
            // Moved out and back, so that changing a part of the element copies none of it.
            guard var element = elements[slot].take() else { preconditionFailure("the slot is empty") }
            defer { elements[slot] = element }
            yield &element
        }
    }
}
