import Agent
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// Whose web pages may ask an agent: its master's, and those that the operator names.
struct PageOriginTests {
    private func allowed(_ origin: String, _ agent: AgentFixture) async throws -> String? {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(agent.port)/api/v1")
        request.method = .OPTIONS
        request.headers.add(name: "Origin", value: origin)
        request.headers.add(name: "Access-Control-Request-Method", value: "POST")
        request.headers.add(name: "Access-Control-Request-Headers", value: "content-type")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let origin = response.headers.first(name: "Access-Control-Allow-Origin")
        #expect((response.status == .noContent) == (origin != nil))
        return origin
    }

    @Test func theMastersPageMayAskByEveryNameOfThisMachine() async throws {
        try await AgentFixture.run { agent in
            let port = try #require(agent.master.address.split(separator: ":").last)
            for origin in ["http://127.0.0.1:\(port)", "http://localhost:\(port)", "http://[::1]:\(port)", "https://localhost:\(port)"] {
                let answer = try await allowed(origin, agent)
                #expect(answer == origin)
            }
            for origin in ["http://127.0.0.1", "http://127.0.0.1:\(agent.port)", "http://evil.example:\(port)", "null", "*"] {
                let answer = try await allowed(origin, agent)
                #expect(answer == nil, "\(origin)")
            }
        }
    }

    @Test func operatorsNameOthers() async throws {
        try await AgentFixture.run { configuration in
            configuration.allowedOrigins = ["https://agora.example.org"]
        } _: { agent in
            let named = try await allowed("https://agora.example.org", agent)
            let other = try await allowed("http://agora.example.org", agent)
            let master = try await allowed("http://\(agent.master.address)", agent)
            #expect(named == "https://agora.example.org" && other == nil && master == "http://\(agent.master.address)")
        }
    }
}
