package import Cluster
import HeapModule

/// Deadlines by key: at most one per key, the earliest first, equal ones in the order they were set.
///
/// Setting and removing cost O(log n). Entries that were replaced stay in the heap until they surface or until they
/// outnumber the live ones, when the heap is built anew: so memory is bounded by the number of keys.
package struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        let moment: Timestamp
        let order: UInt64
        let key: Key

        static func < (left: Entry, right: Entry) -> Bool {
            (left.moment, left.order) < (right.moment, right.order)
        }

        static func == (left: Entry, right: Entry) -> Bool {
            left.order == right.order
        }
    }

    private var heap = Heap<Entry>()
    private var live: [Key: Entry] = [:]
    private var nextOrder: UInt64 = 0

    /// An empty queue.
    package init() {}

    /// How many keys have a deadline.
    package var count: Int { live.count }

    /// How many entries take room, replaced ones included.
    package var storedCount: Int { heap.count }

    /// The earliest deadline.
    package var next: Timestamp? { heap.min?.moment }

    /// The deadline of a key.
    package func moment(of key: Key) -> Timestamp? { live[key]?.moment }

    /// Gives the key this deadline instead of the one it may have.
    package mutating func set(_ key: Key, at moment: Timestamp) {
        let entry = Entry(moment: moment, order: nextOrder, key: key)
        nextOrder += 1
        live[key] = entry
        heap.insert(entry)
        tidy()
    }

    /// Forgets the key's deadline.
    package mutating func remove(_ key: Key) {
        guard live.removeValue(forKey: key) != nil else { return }
        tidy()
    }

    /// Takes out the key with the earliest deadline, if that has come.
    package mutating func popDue(at now: Timestamp) -> Key? {
        guard let first = heap.min, first.moment <= now else { return nil }
        heap.removeMin()
        live[first.key] = nil
        tidy()
        return first.key
    }

    /// Keeps the invariant that the smallest entry of the heap is live.
    private mutating func tidy() {
        if heap.count > 2 * live.count + Self.slack {
            heap = Heap(live.values)
        }
        while let first = heap.min, live[first.key]?.order != first.order {
            heap.removeMin()
        }
    }

    private static var slack: Int { 64 }
}
