import Testing

@testable import Images

@Suite struct DockerConfigurationTests {
    private func read(_ json: String) throws -> [String: RegistryCredentials] {
        try DockerConfiguration.credentials(in: Array(json.utf8), what: "config.json")
    }

    @Test(arguments: [
        ("https://index.docker.io/v1/", "docker.io"), ("docker.io", "docker.io"), ("registry-1.docker.io", "docker.io"),
        ("host:5000", "host:5000"), ("http://host:5000/v2/", "host:5000"), ("quay.io/team", "quay.io/team"),
    ])
    func `a login is read`(_ key: String, _ registry: String) throws {
        // user:pass:word
        let read = try read(#"{"auths":{"\#(key)":{"auth":"dXNlcjpwYXNzOndvcmQ=","email":"x"}},"HttpHeaders":{}}"#)
        #expect(read == [registry: RegistryCredentials(user: "user", password: "pass:word")])
    }

    @Test func `name and password may stand there plainly, and nothing may, too`() throws {
        let read = try read(#"{"auths":{"a.b":{"username":"u","password":"p"},"c.d":{}}}"#)
        #expect(read == ["a.b": RegistryCredentials(user: "u", password: "p")])
        #expect(try self.read("{}").isEmpty)
    }

    @Test(arguments: [
        ("", ImageError.Code.invalidDocument, "config.json"), ("[]", .invalidDocument, "config.json"),
        (#"{"auths":[]}"#, .invalidDocument, "auths"), (#"{"auths":{"x":{"auth":7}}}"#, .invalidDocument, "auth"),
        (#"{"auths":{"x.y":{"auth":"%%%"}}}"#, .invalidDocument, #"auths "x.y": auth is not NAME:PASSWORD in base64"#),
        (#"{"auths":{"x.y":{"auth":"bm9jb2xvbg=="}}}"#, .invalidDocument, "NAME:PASSWORD"),
        (#"{"auths":{"x.y":{"auth":"Om5vdXNlcg=="}}}"#, .invalidDocument, "NAME:PASSWORD"),
        (#"{"auths":{"x.y":{"identitytoken":"t"}}}"#, .unsupported, "token"),
        (#"{"credsStore":"desktop","auths":{"x.y":{}}}"#, .unsupported, "docker-credential-desktop"),
        (#"{"credHelpers":{"x.y":"ecr-login"}}"#, .unsupported, "credHelpers"),
    ])
    func `what cannot be used is said`(_ json: String, _ code: ImageError.Code, _ words: String) {
        #expect { _ = try read(json) } throws: { error in
            let error = error as? ImageError
            return error?.code == code && error?.reason.contains(words) == true
        }
    }

    @Test func `a huge file is refused`() {
        #expect { _ = try read(#"{"auths":{}}"# + String(repeating: " ", count: 2 << 20)) } throws: {
            ($0 as? ImageError)?.code == .limitExceeded
        }
    }

    @Test func `the entry that says most counts`() throws {
        var configuration = RegistryConfiguration()
        for name in ["quay.io", "quay.io/team", "quay.io/te"] {
            configuration.credentials[name] = RegistryCredentials(user: name, password: "")
        }
        for (image, user) in [
            ("quay.io/team/tool", "quay.io/team"), ("quay.io/other", "quay.io"), ("quay.io/teams", "quay.io"), ("a.b/c", nil),
        ] {
            guard case .registry(let image) = try ImageReference(parsing: image).location else { continue }
            #expect(configuration.credentials(for: RegistryAddress(image, configuration))?.user == user)
        }
    }

    @Test func `a pull may bring its own login`() async throws {
        try await withRegistry(password: true) { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            try await copyImage(from: "oci:\(layout):test", to: "docker://\(registry.address)/busybox:1", "--dest-creds", "agora:secret")
            let store = try makeStore(scratch)
            let reference = try ImageReference(parsing: "\(registry.address)/busybox:1")
            // At the same time: who is refused does not take another one along, nor get in with it.
            let pulls = ["secret", "wrong", nil].map { password in
                let login = password.map { [registry.address: RegistryCredentials(user: "agora", password: $0)] } ?? [:]
                return Task { try await store.pull(reference, policy: .always, credentials: login) }
            }
            try expectBusybox(try await pulls[0].value)
            for pull in pulls.dropFirst() {
                await #expect { _ = try await pull.value } throws: { ($0 as? ImageError)?.code == .unauthorized }
            }
        }
    }
}
