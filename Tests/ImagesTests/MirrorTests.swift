import Synchronization
import Testing

@testable import Images

@Suite struct MirrorTests {
    /// A registry, and a server before it.
    private func withMirror(
        _ image: FakeImage,
        mirror answer: @escaping @Sendable (FakeRegistry.Request) -> FakeRegistry.Answer,
        _ body: (_ home: FakeRegistry, _ mirror: FakeRegistry, _ scratch: String) async throws -> Void
    ) async throws {
        try await withFakeRegistry({ image.answer($0) }) { home in
            try await withFakeRegistry(answer) { mirror in
                try await withScratch { (scratch) async throws in try await body(home, mirror, scratch) }
            }
        }
    }

    @Test func `a mirror is asked instead, and gets no password that is not its own`() async throws {
        let image = try await FakeImage()
        try await withMirror(
            image,
            mirror: { request in
                guard request.path.hasPrefix("/prefix/") else { return .response(status: 404, body: []) }
                return image.answer(.init(path: String(request.path.dropFirst("/prefix".count)), headers: request.headers))
            }
        ) { home, mirror, scratch in
            let store = try makeStore(scratch) {
                $0.mirrors[home.address] = [try RegistryMirror(parsing: "http://\(mirror.address)/prefix/")]
                $0.credentials[home.address] = RegistryCredentials(user: "a", password: "b")
            }
            let pulled = try await store.pull(try ImageReference(parsing: "\(home.address)/test"))
            #expect(pulled.digest == image.digest)
            #expect(home.requests.isEmpty && mirror.requests.count == 4)
            #expect(mirror.requests.allSatisfy { $0.headers["authorization"] == nil })
            #expect(try await store.images().map(\.reference) == ["\(home.address)/test:latest"])
        }
    }

    @Test(arguments: [404, 401, 500, 200]) func `a mirror that does not answer as it should is passed over`(_ status: Int) async throws {
        let image = try await FakeImage()
        try await withMirror(image, mirror: { _ in .response(status: status, body: Array("{}".utf8)) }) { home, mirror, scratch in
            let store = try makeStore(scratch) {
                $0.mirrors[home.address] = [try RegistryMirror(parsing: "http://\(mirror.address)")]
            }
            #expect(try await store.pull(try ImageReference(parsing: "\(home.address)/test@\(image.digest)")).layers.count == 2)
            #expect(!home.requests.isEmpty)
            // One that is of no use for a while is not asked for each layer again.
            let paths = Set(mirror.requests.map(\.path))
            #expect(status == 500 ? paths.count == 1 : paths.count == 4)
        }
    }

    @Test func `a mirror with other content is found out`() async throws {
        let image = try await FakeImage()
        try await withMirror(
            image,
            mirror: { request in
                request.path == image.layerPath(0)
                    ? .response(status: 200, body: image.layers[0].map { $0 ^ 1 }) : image.answer(request)
            }
        ) { home, mirror, scratch in
            let store = try makeStore(scratch) {
                $0.mirrors[home.address] = [try RegistryMirror(parsing: "http://\(mirror.address)")]
            }
            let pulled = try await store.pull(try ImageReference(parsing: "\(home.address)/test"))
            #expect(try names(in: pulled.layers[0]) == ["a"])
            #expect(home.requests.map(\.path) == [image.layerPath(0)])
        }
    }

    @Test func `if nobody has it, the registry's own answer counts`() async throws {
        let image = try await FakeImage()
        try await withMirror(image, mirror: { _ in .response(status: 500, body: []) }) { home, mirror, scratch in
            let store = try makeStore(scratch) {
                $0.mirrors[home.address] = [try RegistryMirror(parsing: "http://\(mirror.address)")]
            }
            await #expect { _ = try await store.pull(try ImageReference(parsing: "\(home.address)/unknown")) } throws: { error in
                let error = error as? ImageError
                return error?.code == .notFound && error?.reason.contains(home.address) == true
            }
        }
    }

    @Test(arguments: [
        "", "mirror", "ftp://mirror", "https://", "https://user@mirror", "https://mirror?x=1", "https://mirror#x", "https://a b",
        "http://é",
    ])
    func `what is no mirror is refused`(_ text: String) {
        #expect { _ = try RegistryMirror(parsing: text) } throws: {
            ($0 as? ImageError)?.code == .invalidReference && ($0 as? ImageError)?.reason.contains("is no mirror") == true
        }
    }

    @Test func `a registry with a certificate of its own authority`() async throws {
        try await withRegistry(tls: true) { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            try await copyImage(from: "oci:\(layout):test", to: "docker://\(registry.address)/busybox:1")
            let authorities = try CertificateAuthorities(file: "\(scratch)/ca.pem")
            let mirror = try RegistryMirror(parsing: "https://\(registry.address)")
            let reference = try ImageReference(parsing: "docker.example/busybox:1")
            let trusts: [(inout RegistryConfiguration) -> Void] = [
                { $0.authorities = authorities }, { $0.registryAuthorities[registry.address] = authorities },
            ]
            for (number, trust) in trusts.enumerated() {
                let store = try makeStore("\(scratch)/\(number)") { configuration in
                    configuration.mirrors["docker.example"] = [mirror]
                    trust(&configuration)
                }
                try expectBusybox(try await store.pull(reference))
            }
            for registryName in [nil, "other.example"] {
                let store = try makeStore("\(scratch)/untrusting-\(registryName ?? "")") { configuration in
                    configuration.mirrors["docker.example"] = [mirror]
                    configuration.attempts = 1
                    if let registryName { configuration.registryAuthorities[registryName] = authorities }
                }
                // The registry itself does not exist.
                await #expect(throws: ImageError.self) { try await store.pull(reference) }
            }
        }
    }

    @Test(arguments: ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `a file without certificates is named`(_ content: String) async throws {
        try await withScratch { scratch in
            try write(content.utf8, to: "\(scratch)/ca.pem")
            #expect { _ = try CertificateAuthorities(file: "\(scratch)/ca.pem") } throws: {
                ($0 as? ImageError)?.code == .invalidDocument && ($0 as? ImageError)?.reason.contains("ca.pem") == true
            }
            #expect { _ = try CertificateAuthorities(file: "\(scratch)/missing") } throws: { ($0 as? ImageError)?.code == .notFound }
        }
    }
}
