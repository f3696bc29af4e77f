import Cluster
import HeapModule

/// What will happen, the soonest first; things of the same moment in the order in which they were planned.
struct Agenda: Sendable {
    private struct Entry: Comparable {
        let moment: Timestamp
        let order: UInt64
        let occurrence: Occurrence

        static func < (left: Entry, right: Entry) -> Bool { (left.moment, left.order) < (right.moment, right.order) }
        static func == (left: Entry, right: Entry) -> Bool { left.order == right.order }
    }

    private var heap = Heap<Entry>()
    private var order: UInt64 = 0

    mutating func add(_ occurrence: Occurrence, at moment: Timestamp) {
        heap.insert(Entry(moment: moment, order: order, occurrence: occurrence))
        order += 1
    }

    /// The next occurrence that is not after `end`.
    mutating func next(until end: Timestamp) -> (moment: Timestamp, occurrence: Occurrence)? {
        guard let first = heap.min, first.moment <= end else { return nil }
        heap.removeMin()
        return (first.moment, first.occurrence)
    }
}

/// Something that happens at a moment.
enum Occurrence: Sendable {
    /// A process looks at what has come in and at its deadlines; void if it has begun a new life.
    case work(Party, life: UInt64)
    /// A request comes to the master.
    case request(exchange: UInt64)
    /// An answer comes to the client; no status: the request failed.
    case answer(exchange: UInt64, status: Int?)
    /// The next item in flight on a connection comes to the client.
    case delivery(connection: UInt64)
    /// The master's machine notices that a connection is over.
    case masterNotices(connection: UInt64)
    /// A container comes a step further; void if it was launched anew.
    case container(agent: Int, step: ContainerStep)
    /// Something goes wrong.
    case fault(Fault)
    /// Something that went wrong is over.
    case relief(Relief)
}

/// One of those who take part; numbers count from 0.
enum Party: Hashable, Sendable, CustomStringConvertible {
    case master
    case agent(Int)
    case framework(Int)

    var description: String {
        switch self {
        case .master: "master"
        case .agent(let number): "agent-\(number)"
        case .framework(let number): "framework-\(number)"
        }
    }
}

/// Something that goes wrong with a party; it is planned anew each time it has happened.
struct Fault: Sendable {
    enum Kind: Sendable, CaseIterable { case connectionBreak, partition, crash, reboot, pause, clockJump }

    let kind: Kind
    let party: Party
}

/// The end of something that went wrong.
enum Relief: Sendable {
    case restart(Party, life: UInt64)
    case heal(Party, partition: UInt64)
}
