import Synchronization
import Testing

@testable import Images

@Suite struct AuthenticationTests {
    @Test(arguments: [
        (#"Basic realm="x""#, AuthenticationChallenge.basic),
        ("basic", .basic),
        (
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull""#,
            .bearer(realm: "https://auth.docker.io/token", service: "registry.docker.io", scope: "repository:a/b:pull")
        ),
        (#"BEARER Realm=https://a/t , scope="a,b \"c\"""#, .bearer(realm: "https://a/t", service: nil, scope: #"a,b "c""#)),
        (#"Bearer service="no realm""#, nil),
        (#"Bearer realm="unterminated"#, .bearer(realm: "unterminated", service: nil, scope: nil)),
        ("Negotiate abc", nil),
        ("", nil),
        ("=", nil),
        ("Bearer ===,,,\"\"\"", nil),
        ("Bearer realm=\"\(String(repeating: "x", count: 10_000))\"", nil),
    ])
    func `challenges are read`(header: String, challenge: AuthenticationChallenge?) {
        #expect(AuthenticationChallenge(header: header) == challenge)
    }

    @Test func `a token is preferred to a password`() {
        #expect(
            AuthenticationChallenge(headers: ["Negotiate", "Basic realm=x", "Bearer realm=y"])
                == .bearer(realm: "y", service: nil, scope: nil)
        )
        #expect(AuthenticationChallenge(headers: ["Negotiate"]) == nil)
    }

    @Test func `a token is fetched once and used for all`() async throws {
        let image = try await FakeImage()
        let address = Mutex("")
        try await withFakeRegistry({ request in
            if request.path.hasPrefix("/token?") { return .response(status: 200, body: Array(#"{"token":"t0ken"}"#.utf8)) }
            guard request.headers["authorization"] == "Bearer t0ken" else { return challenge(address.withLock { $0 }) }
            return image.answer(request)
        }) { registry in
            address.withLock { $0 = registry.address }
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch) {
                    $0.credentials[registry.address] = RegistryCredentials(user: "agora", password: "secret")
                }
                let pulled = try await store.pull(try ImageReference(parsing: "\(registry.address)/test"))
                #expect(pulled.layers.count == 2)
                let tokens = registry.requests.filter { $0.path.hasPrefix("/token?") }
                #expect(tokens.map(\.path) == ["/token?service=a%20b&scope=repository:test:pull"])
                #expect(tokens.first?.headers["authorization"] == "Basic YWdvcmE6c2VjcmV0")
                #expect(registry.count("/v2/test/manifests/latest") == 2)
            }
        }
    }

    @Test func `a registry that is never satisfied is given up`() async throws {
        let address = Mutex("")
        try await withFakeRegistry({ request in
            guard request.path.hasPrefix("/token") else { return challenge(address.withLock { $0 }) }
            return .response(status: 200, body: Array(#"{"access_token":"t0ken"}"#.utf8))
        }) { registry in
            address.withLock { $0 = registry.address }
            try await withScratch { (scratch) async throws in
                #expect(await pullCode(try makeStore(scratch), "\(registry.address)/test") == .unauthorized)
                #expect(registry.requests.count == 3)
            }
        }
    }

    @Test(arguments: [
        (200, "{}", ImageError.Code.invalidAnswer), (200, #"{"token":""}"#, .invalidAnswer),
        (200, #"{"token":"a\r\nX: y"}"#, .invalidAnswer),
        (200, "<html>", .invalidDocument), (401, "", .unauthorized), (500, "", .unreachable), (302, "", .invalidAnswer),
    ])
    func `a broken token server is named`(status: Int, body: String, code: ImageError.Code) async throws {
        let address = Mutex("")
        try await withFakeRegistry({ request in
            guard request.path.hasPrefix("/token") else { return challenge(address.withLock { $0 }) }
            return .response(status: status, body: Array(body.utf8))
        }) { registry in
            address.withLock { $0 = registry.address }
            try await withScratch { (scratch) async throws in
                #expect(await pullCode(try makeStore(scratch), "\(registry.address)/test") == code)
            }
        }
    }

    @Test func `the password does not follow a redirect to another host`() async throws {
        let image = try await FakeImage()
        let storage = try await FakeRegistry { request in image.answer(request) }
        try await withFakeRegistry({ request in
            guard request.headers["authorization"] != nil else {
                return .response(status: 401, headers: ["WWW-Authenticate": "Basic realm=x"], body: [])
            }
            guard request.path.contains("/blobs/") else { return image.answer(request) }
            return .response(status: 307, headers: ["Location": "http://\(storage.address)\(request.path)"], body: [])
        }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch) {
                    $0.credentials[registry.address] = RegistryCredentials(user: "agora", password: "secret")
                }
                _ = try await store.pull(try ImageReference(parsing: "\(registry.address)/test"))
                #expect(storage.requests.count == 3)
                #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
            }
        }
        await storage.stop()
    }
}

private func challenge(_ address: String) -> FakeRegistry.Answer {
    .response(status: 401, headers: ["WWW-Authenticate": #"Bearer realm="http://\#(address)/token",service="a b""#], body: [])
}
