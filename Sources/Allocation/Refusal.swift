import Cluster

/// Resources of an agent that a client does not want to see until a moment.
struct Refusal: Sendable {
    let resources: Resources
    let deadline: Timestamp
    /// Told apart from all others, so that a deadline finds its refusal or nothing.
    let id: UInt64
}

/// When refusals end, the next one first. Those that are gone already are passed over when their time comes.
struct RefusalDeadlines: Sendable {
    struct Deadline: Sendable {
        let moment: Timestamp
        let agent: Int
        let client: Int
        let refusal: UInt64
    }

    /// A binary heap: each element is not after its children at `2i+1` and `2i+2`.
    private var heap: [Deadline] = []

    var count: Int { heap.count }
    var first: Deadline? { heap.first }

    mutating func insert(_ deadline: Deadline) {
        heap.append(deadline)
        var index = heap.count - 1
        while index > 0, heap[index].moment < heap[(index - 1) / 2].moment {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(from: 0)
    }

    /// Keeps only those that `isWanted` accepts.
    mutating func filter(_ isWanted: (Deadline) -> Bool) {
        heap.removeAll { !isWanted($0) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: index) }
    }

    private mutating func sink(from start: Int) {
        var index = start
        while true {
            let children = (2 * index + 1)..<min(2 * index + 3, max(heap.count, 2 * index + 1))
            guard let next = children.min(by: { heap[$0].moment < heap[$1].moment }), heap[next].moment < heap[index].moment
            else { return }
            heap.swapAt(index, next)
            index = next
        }
    }
}
