import Dispatch
import HTTPService
import Synchronization
import Testing

/// Requests sent before the answers of earlier ones were read.
struct PipeliningTests {
    private static func get(_ path: String, close: Bool = false) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(close ? "Connection: close\r\n" : "")\r\n"
    }

    private static func bodies(_ answers: String) -> [String] {
        answers.components(separatedBy: "\r\n\r\n").dropFirst().map { $0.components(separatedBy: "HTTP/1.1")[0] }
    }

    @Test func answersGoOutInTheOrderOfTheRequests() async throws {
        let waiting = Mutex<[HTTPResponder]>([])
        let add = { (router: inout Router) in
            router.on(.get, "/number/*") { request, responder in
                let all = waiting.withLock { waiting in
                    waiting.append(responder)
                    return waiting
                }
                guard request.pathRemainder == "4" else { return }
                DispatchQueue.global().async {
                    for (number, responder) in all.enumerated().reversed() { responder.respond(200, body: Array("\(number)".utf8)) }
                    waiting.withLock { $0 = [] }
                }
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let answers = try await exchange(server.port, (0...4).map { Self.get("/number/\($0)", close: $0 == 4) }.joined())
            #expect(Self.bodies(answers) == ["0", "1", "2", "3", "4"])
        }
    }

    @Test(arguments: [true, false]) func thousandsInOneGoAreAllAnswered(fromAnotherThread: Bool) async throws {
        let count = 3000
        let add = { (router: inout Router) in
            router.on(.get, "/number/*") { request, responder in
                let answer = { @Sendable in responder.respond(200, body: Array(request.pathRemainder.utf8)) }
                if fromAnotherThread { DispatchQueue.global().async(execute: answer) } else { answer() }
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let answers = try await blocking {
                let client = try RawClient(port: server.port)
                DispatchQueue.global().async {
                    try? client.send((0..<count).map { Self.get("/number/\($0)", close: $0 == count - 1) }.joined())
                }
                return try client.receiveAll()
            }
            #expect(Self.bodies(answers) == (0..<count).map { "\($0)" })
        }
    }

    @Test func aClientThatClosesItsHalfStillGetsItsAnswers() async throws {
        let add = { (router: inout Router) in
            router.on(.get, "/number/*") { request, responder in
                DispatchQueue.global().async { responder.respond(200, body: Array(request.pathRemainder.utf8)) }
            }
        }
        try await TestServer.with(HTTPLimits(), add) { server in
            let answers = try await blocking {
                let client = try RawClient(port: server.port)
                try client.send((0..<10).map { Self.get("/number/\($0)") }.joined())
                client.closeOutput()
                return try client.receiveAll()
            }
            #expect(Self.bodies(answers) == (0..<10).map { "\($0)" })
        }
    }

    /// A client that never reads: the server must stop reading its requests instead of keeping ever more answers.
    @Test func aClientThatOnlySendsIsNotReadForever() async throws {
        var limits = HTTPLimits()
        limits.sendTimeout = .milliseconds(300)
        let taken = Atomic(0)
        let add = { (router: inout Router) in
            router.on(.get, "/large") { _, responder in
                taken.add(1, ordering: .relaxed)
                responder.respond(200, body: [UInt8](repeating: 65, count: 64 << 10))
            }
        }
        try await TestServer.with(limits, add) { server in
            let sent = try await blocking {
                let client = try RawClient(port: server.port, receiveBuffer: 4096)
                let request = String(repeating: Self.get("/large"), count: 100)
                var sent = 0
                while (try? client.send(request)) != nil, sent < 1_000_000 { sent += 100 }
                return sent
            }
            #expect(sent < 1_000_000)
            #expect(taken.load(ordering: .relaxed) < 20_000)
            #expect(server.log.all.contains { $0.contains("does not read its answer") })
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
