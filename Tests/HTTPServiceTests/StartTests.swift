import Foundation
import Glibc
import HTTPService
import NIOCore
import NIOHTTP1
import Testing

/// Where a server listens, and why it refuses to.
struct StartTests {
    private func failure(_ configuration: HTTPServerConfiguration) async -> HTTPServiceError? {
        await #expect(throws: HTTPServiceError.self) {
            try await TestServer.with(configuration, { _ in }) { _ in }
        }
    }

    @Test func aPortInUseIsNamed() async throws {
        try await TestServer.with(HTTPLimits(), { _ in }) { server in
            let error = await failure(HTTPServerConfiguration(port: server.port))
            #expect(error == .addressInUse(host: "127.0.0.1", port: server.port))
            #expect(error?.description.contains("127.0.0.1:\(server.port): the port is in use") == true)
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "[::]"]) func aPublicAddressNeedsTLSOrLeave(host: String) async throws {
        let error = await failure(HTTPServerConfiguration(host: host, port: 0))
        #expect(error?.description.contains("without TLS") == true)
        try await TestServer.with(HTTPServerConfiguration(host: host, port: 0, allowInsecure: true), { _ in }) { server in
            #expect(server.port > 0)
        }
    }

    @Test(arguments: [("127.0.0.1", "127.0.0.1"), ("127.1.2.3", "127.1.2.3"), ("::1", "::1"), ("[::1]", "::1")])
    func loopbackIsFine(host: String, address: String) async throws {
        try await TestServer.with(HTTPServerConfiguration(host: host, port: 0), { _ in }) { server in
            #expect(server.server.address == address)
        }
    }

    @Test(arguments: ["", "no.such.host.invalid"]) func anUnknownHostIsNamed(host: String) async throws {
        guard case .unknownHost = await failure(HTTPServerConfiguration(host: host, port: 0)) else {
            Issue.record("\(host) was taken")
            return
        }
    }

    @Test func anAddressOfAnotherMachineIsNamed() async throws {
        let error = await failure(HTTPServerConfiguration(host: "192.0.2.1", port: 0, allowInsecure: true))
        #expect(error?.description.contains("no network interface") == true)
    }

    @Test(arguments: [-1, 65536, Int.max]) func aPortOutOfRangeIsRefused(port: Int) async throws {
        #expect(await failure(HTTPServerConfiguration(port: port))?.description.contains("65535") == true)
    }

    @Test func ipv6IsServed() async throws {
        let configuration = HTTPServerConfiguration(host: "::1", port: 0)
        try await TestServer.with(configuration, { $0.on(.get, "/") { $1.respond(200) } }) { server in
            let answer = try await server.request(.GET, "/", at: "http://[::1]:\(server.port)")
            #expect(answer.status == 200)
        }
    }

    /// A container that is launched while a client is connected must not inherit the connection.
    @Test func socketsAreClosedInProgramsThatAreStarted() async throws {
        try await TestServer.with(HTTPLimits(), { $0.on(.get, "/") { $1.respond(200) } }) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await blocking { try client.receive(until: "\r\n\r\n") }
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
            let sockets = open.filter { localPort(of: $0) == server.port }
            #expect(sockets.count == 2)
            for socket in sockets { #expect(fcntl(socket, F_GETFD) & FD_CLOEXEC != 0) }
        }
    }

    private func localPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
