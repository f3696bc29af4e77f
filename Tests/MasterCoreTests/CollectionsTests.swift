import Cluster
import MasterCore
import MesosAPI
import Testing

@Suite struct CollectionsTests {
    @Test func deadlinesComeInOrderAndOnlyOnce() {
        var queue = DeadlineQueue<String>()
        queue.set("b", at: Timestamp(nanoseconds: 20))
        queue.set("a", at: Timestamp(nanoseconds: 10))
        queue.set("c", at: Timestamp(nanoseconds: 20))
        queue.set("a", at: Timestamp(nanoseconds: 30))
        queue.remove("b")
        #expect(queue.next == Timestamp(nanoseconds: 20))
        #expect(queue.popDue(at: Timestamp(nanoseconds: 19)) == nil)
        #expect(queue.popDue(at: Timestamp(nanoseconds: 40)) == "c")
        #expect(queue.popDue(at: Timestamp(nanoseconds: 40)) == "a")
        #expect(queue.popDue(at: Timestamp(nanoseconds: 40)) == nil)
        #expect(queue.next == nil)
    }

    @Test func replacedDeadlinesTakeNoRoom() {
        var queue = DeadlineQueue<Int>()
        for number in 0..<100_000 { queue.set(number % 10, at: Timestamp(nanoseconds: Int64(number))) }
        #expect(queue.count == 10)
        #expect(queue.storedCount <= 2 * 10 + 64 + 1)
    }

    @Test func historiesKeepTheNewest() {
        var history = History<Int>(limit: 3)
        for number in 0..<10 { history.append(number) }
        #expect(Array(history.all) == [7, 8, 9])
        var none = History<Int>(limit: 0)
        none.append(1)
        #expect(none.count == 0)
    }

    @Test func keyedHistoriesForgetTheOldestKey() {
        var history = KeyedHistory<String, Int>(limit: 2)
        history.set("a", to: 1)
        history.set("b", to: 2)
        history.set("a", to: 3)
        history.set("c", to: 4)
        #expect(history["a"] == 3)
        #expect(history["b"] == nil)
        #expect(history["c"] == 4)
        #expect(history.remove("a") == 3)
        #expect(history.count == 1)
    }

    @Test(arguments: [
        ("127.0.0.1", UInt32(16_777_343)), ("1.2.3", nil), ("256.0.0.1", nil), ("a.b.c.d", nil), ("", nil), ("1.2.3.+4", nil),
    ])
    func addressesAreRead(_ text: String, _ value: UInt32?) {
        #expect(IPv4Address(text)?.value == value)
    }
}
