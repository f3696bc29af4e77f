import AsyncHTTPClient
import Foundation
import HTTPService
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

/// The same server behind TLS.
struct TLSTests {
    /// A certificate for 127.0.0.1 that was made for this test, and its key, in files that are gone afterwards.
    private func withIdentity(_ body: (HTTPServerConfiguration.TLS) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "agora-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "certificate.pem")
        let key = folder.appending(path: "key.pem")
        try Data(TestIdentity.certificate.utf8).write(to: certificate)
        try Data(TestIdentity.key.utf8).write(to: key)
        try await body(HTTPServerConfiguration.TLS(certificateChainPath: certificate.path, privateKeyPath: key.path))
    }

    private func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([try NIOSSLCertificate(bytes: Array(TestIdentity.certificate.utf8), format: .pem)])
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(tlsConfiguration: tls))
        do {
            try await body(client)
            try await client.shutdown()
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func routes(_ router: inout Router) {
        router.on(.post, "/echo") { request, responder in responder.respond(200, body: request.body) }
    }

    @Test func requestsAreServed() async throws {
        try await withIdentity { identity in
            let configuration = HTTPServerConfiguration(host: "0.0.0.0", port: 0, tls: identity)
            try await TestServer.with(configuration, routes) { server in
                try await withClient { client in
                    for size in [5, 1 << 20] {
                        var request = HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/echo")
                        request.method = .POST
                        request.body = .bytes(ByteBuffer(repeating: 65, count: size))
                        let response = try await client.execute(request, timeout: .seconds(10))
                        #expect(response.status.code == 200)
                        let body = try await response.body.collect(upTo: 1 << 21)
                        #expect(body.readableBytes == size)
                    }
                }
            }
        }
    }

    @Test func plainHTTPIsTurnedAwayAndOthersAreServedOn() async throws {
        try await withIdentity { identity in
            try await TestServer.with(HTTPServerConfiguration(port: 0, tls: identity), routes) { server in
                let answer = try await exchange(server.port, "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(!answer.contains("HTTP/1.1 200"))
                try await withClient { client in
                    var request = HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/echo")
                    request.method = .POST
                    let response = try await client.execute(request, timeout: .seconds(10))
                    #expect(response.status.code == 200)
                }
            }
        }
    }

    @Test func aClientThatNeverShakesHandsIsCutOff() async throws {
        try await withIdentity { identity in
            var configuration = HTTPServerConfiguration(port: 0, tls: identity)
            configuration.limits.headTimeout = .milliseconds(200)
            try await TestServer.with(configuration, routes) { server in
                let answer = try await exchange(server.port, "")
                #expect(answer == "")
            }
        }
    }

    @Test(arguments: ["missing", "rubbish", "key in the certificate's place"]) func anUnusableFileIsNamed(fault: String) async throws {
        try await withIdentity { identity in
            var identity = identity
            switch fault {
            case "missing": identity.privateKeyPath += ".not-there"
            case "rubbish": try Data("rubbish".utf8).write(to: URL(filePath: identity.privateKeyPath))
            default: identity.certificateChainPath = identity.privateKeyPath
            }
            let error = await #expect(throws: HTTPServiceError.self) {
                try await TestServer.with(HTTPServerConfiguration(port: 0, tls: identity), routes) { _ in }
            }
            #expect(error?.description.contains(identity.privateKeyPath) == true)
        }
    }
}
