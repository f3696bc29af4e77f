import Glibc
import Testing

@testable import LinuxKernel

/// Network namespaces and what is counted in them.
struct NetworkTests {
    @Test func theTableOfInterfacesIsAddedUpWithoutTheLoopback() {
        let table = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: 1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
              eth0:     100       2    3    4    0     0          0         0     50       6    7    8    0     0       0          0
              eth1:18446744073709551615 1    1    1    0     0          0         0     1       1    1    1    0     0       0          0
              bad0: 1 2 3
              worse: x
            """
        let counters = NetworkCounters(parsing: table)
        #expect(counters.received == NetworkCounters.Direction(bytes: 99, packets: 3, errors: 4, drops: 5))
        #expect(counters.sent == NetworkCounters.Direction(bytes: 51, packets: 7, errors: 8, drops: 9))
        #expect(NetworkCounters(parsing: "") == NetworkCounters(parsing: "nonsense\n:::\n"))
    }

    @Test(.enabled(if: geteuid() == 0)) func aNamespaceStaysAsLongAsItIsPinned() async throws {
        try await withScratchFolder { folder in
            let path = "\(folder.path)/pin"
            try folder.put("", at: "pin")
            #expect(NetworkNamespace.pinned(at: path) == nil)
            try NetworkNamespace().pin(at: path)
            #expect(NetworkNamespace.pinned(at: path) != nil)
            #expect(NetworkNamespace.of(process: getpid()) != nil)
            try NetworkNamespace.unpin(path)
            #expect(NetworkNamespace.pinned(at: path) == nil)
            try NetworkNamespace.unpin(path)
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func nobodyGetsANamespaceThatAnotherHad() async throws {
        let pool = NetworkNamespacePool(size: 3)
        // More than are kept, and by several at once.
        let taken = try await withThrowingTaskGroup(of: [NetworkNamespace].self) { group in
            for _ in 0..<4 { group.addTask { try (0..<4).map { _ in try pool.take() } } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var facts = stat()
        let numbers = try taken.map { namespace in
            try #require(fstat(namespace.descriptor.number, &facts) == 0)
            return facts.st_ino
        }
        try #require(stat("/proc/self/ns/net", &facts) == 0)
        #expect(Set(numbers).count == 16 && !numbers.contains(facts.st_ino))
        pool.close()
        _ = try pool.take()
    }
}

/// Programs that are run for their answer.
struct HelperTests {
    private func run(_ line: String, timeLimit: Duration = .seconds(20), isCancelled: () -> Bool = { false }) throws -> Helper.Answer {
        // The shell reads its script from what the helper gets to read.
        try Helper(path: "/bin/sh", environment: ["A=b c"], input: Array("\(line)\n".utf8), token: nil, timeLimit: timeLimit)
            .run(isCancelled: isCancelled)
    }

    @Test(arguments: [
        ("echo $A; echo err >&2", 0, "b c\n"),
        ("exit 3", 3 << 8, ""),
        ("kill -TERM $$", 15, ""),
        ("exec 2>&-; printf x; exec 1>&-; sleep 0.1; exit 4", 4 << 8, "x"),
        ("printf a; (sleep 2 &) ; printf b", 0, "ab"),
    ])
    func answers(line: String, status: Int, output: String) throws {
        let answer = try run(line)
        #expect(answer.end == .ended(waitStatus: Int32(status)))
        #expect(String(decoding: answer.output, as: UTF8.self) == output)
    }

    @Test func whatGoesTooFarIsEnded() throws {
        #expect(try run("yes").end == .tooMuchOutput)
        #expect(try run("sleep 1000", timeLimit: .milliseconds(50)).end == .outOfTime)
        #expect(try run("sleep 1000", isCancelled: { true }).end == .cancelled)
        #expect(try run("yes >&2", timeLimit: .seconds(2)).errors.count == 8 << 10)
    }
}
