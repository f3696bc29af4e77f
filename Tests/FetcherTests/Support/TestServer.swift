import Foundation
import Glibc
import Synchronization

/// A server that answers as a test wants, rightly or wrongly: it hands out bytes, no more.
final class TestServer: Sendable {
    /// One connection, after the head of its request has been read.
    struct Connection: Sendable {
        let descriptor: Int32
        let path: String
        let head: String

        /// False: the other side is gone.
        @discardableResult
        func send(_ bytes: some Sequence<UInt8>) -> Bool {
            let bytes = Array(bytes)
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        @discardableResult
        func send(_ text: String) -> Bool { send(text.utf8) }

        func answer(_ body: some Collection<UInt8>) { answer("200 OK", Array(body)) }

        func answer(_ status: String, headers: [String] = [], _ body: [UInt8] = []) {
            let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"] + headers
            send(head.joined(separator: "\r\n") + "\r\n\r\n")
            send(body)
        }

        /// Waits until the other side closes.
        func waitForEnd() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }

    private let listener: Int32
    private let asked = Mutex<[String]>([])
    let port: Int

    /// Every path that was asked for, in order.
    var requests: [String] { asked.withLock { $0 } }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Runs `body` with a server; `answer` is called on a thread of its own for each connection, which is closed after it.
    static func run(
        _ answer: @escaping @Sendable (Connection) -> Void,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer()
        server.start(answer)
        defer { shutdown(server.listener, Int32(SHUT_RDWR)) }
        try await body(server)
    }

    private init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    private func start(_ answer: @escaping @Sendable (Connection) -> Void) {
        Thread.detachNewThread { [self] in
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                Thread.detachNewThread { [self] in
                    serve(descriptor, answer)
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    private func serve(_ descriptor: Int32, _ answer: (Connection) -> Void) {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
            guard head.count < 65536, recv(descriptor, &byte, 1, 0) == 1 else { return }
            head.append(byte)
        }
        let text = String(decoding: head, as: UTF8.self)
        let path = text.split(separator: " ").dropFirst().first.map(String.init) ?? "/"
        asked.withLock { $0.append(path) }
        answer(Connection(descriptor: descriptor, path: path, head: text))
    }
}
