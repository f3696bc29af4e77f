import Foundation
import MesosMessages
import TestSupport
import Testing

/// A scheduler that stops reading costs nobody but itself.
@Suite(.serialized, .oneCluster) struct DeafClientTests {
    @Test func isCutOffWhileOthersGoOn() async throws {
        let cluster = try Cluster.current()
        try await Scheduler.run(on: cluster) { other in
            let deaf = try DeafScheduler(port: cluster.local.masterPort)
            let before = try Memory(of: cluster.local.process.pid)
            // Each of these calls makes the master send it some megabytes.
            let ids = (0..<20_000).map { #"{"task_id":{"value":"\#(String(repeating: "x", count: 240))\#($0)"}}"# }.joined(separator: ",")
            var answers = 0
            var last = Answer(status: 202, text: "")
            while last.status == 202, answers < 40 {
                last = try await deaf.call(#""type":"RECONCILE","reconcile":{"tasks":[\#(ids)]}"#, cluster)
                answers += 1
            }
            #expect([400, 403].contains(last.status), "never cut off")
            #expect(last.text.contains("Subscribe again"), "\(last.text)")
            #expect(cluster.local.process.standardError.contains("slow reader of a stream cut off"))
            let after = try Memory(of: cluster.local.process.pid)
            #expect(after.peakKiB - before.peakKiB < 256 << 10, "\(before) \(after)")
            let state1 = try await other.end(of: .sample("beside")).state
            #expect(state1 == .taskFinished)
        }
    }
}

/// Subscribes, reads who it is, and never reads again.
private final class DeafScheduler: Sendable {
    private let descriptor: Int32
    private let framework: String
    private let streamID: String

    init(port: Int) throws {
        let descriptor = try Self.tinySocket(to: port)
        self.descriptor = descriptor
        let body =
            #"{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"deaf","roles":["*"],"capabilities":[{"type":"MULTI_ROLE"}]}}}"#
        let request = """
            POST /api/v1/scheduler HTTP/1.1\r\nHost: agora\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        try #require(send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count)
        let subscribed = /"framework_id":\{"value":"([^"]+)"/
        var answer = ""
        while answer.firstMatch(of: subscribed) == nil {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            try #require(count > 0, "the master sent no SUBSCRIBED: \(answer)")
            answer += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        framework = String(try #require(answer.firstMatch(of: subscribed)).1)
        streamID = String(try #require(answer.firstMatch(of: /(?i)mesos-stream-id: ([^\r]+)/)).1)
    }

    deinit { close(descriptor) }

    /// A socket that takes in little, and whose reads end after a while.
    private static func tinySocket(to port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var (bytes, patience) = (Int32(4096), timeval(tv_sec: 20, tv_usec: 0))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0, "cannot connect to port \(port)")
        return descriptor
    }

    /// A call, over another connection.
    func call(_ fields: String, _ cluster: Cluster) async throws -> Answer {
        let body = #"{"framework_id":{"value":"\#(framework)"},\#(fields)}"#
        return try await cluster.post(
            cluster.local.masterPort,
            "/api/v1/scheduler",
            Array(body.utf8),
            headers: [("Mesos-Stream-Id", streamID)]
        )
    }
}
