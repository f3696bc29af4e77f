import TestSupport
import Testing

/// Debian's docker-registry on a free loopback port, with its data in a folder of the test.
final class RegistryServer {
    let address: String
    private let program: Program

    /// - Parameters:
    ///   - password: if given, the registry wants the user `agora` with the password `secret`.
    ///   - tls: if given, it is asked by https, with a certificate of the authority in `ca.pem`.
    init(in folder: String, password: Bool = false, tls: Bool = false) async throws {
        let authentication = """
            auth:
              htpasswd:
                realm: agora
                path: \(folder)/htpasswd
            """
        let configuration = """
            version: 0.1
            log: {level: info, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(folder)/data}, delete: {enabled: true}}
            http: {addr: "127.0.0.1:0"\(tls ? ", tls: {certificate: \(folder)/server.pem, key: \(folder)/server.key}" : "")}
            \(password ? authentication : "")
            """
        if tls { try await Self.makeCertificates(in: folder) }
        try write(configuration.utf8, to: "\(folder)/registry.yml")
        // bcrypt of "secret"
        try write("agora:$2b$04$O3jh/Cci/5XStiKB.GyYcOwzb9r/USiDGGnnPKvrPjciMBAPl8Miu\n".utf8, to: "\(folder)/htpasswd")
        let program = try Program("/usr/bin/docker-registry", ["serve", "\(folder)/registry.yml"])
        // The registry says where it listens once it does; if it fails it ends.
        var found: String?
        _ = await eventually(within: .seconds(60)) {
            found = program.standardError.firstMatch(of: /listening on (127\.0\.0\.1:[0-9]+)/).map { String($0.1) }
            return found != nil || !program.isRunning
        }
        self.program = program
        address = try #require(found, "docker-registry does not start: \(program.standardError)")
    }

    func stop() async {
        await program.stop()
    }

    private static func makeCertificates(in folder: String) async throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await run(["openssl", "req", "-x509", "-subj", "/CN=test", "-keyout", "\(folder)/ca.key", "-out", "\(folder)/ca.pem"] + key)
        let server = ["-CA", "\(folder)/ca.pem", "-CAkey", "\(folder)/ca.key", "-addext", "subjectAltName=IP:127.0.0.1"]
        let files = ["-subj", "/CN=registry", "-keyout", "\(folder)/server.key", "-out", "\(folder)/server.pem"]
        try await run(["openssl", "req", "-x509"] + key + server + files)
    }
}

func withRegistry<Value>(
    password: Bool = false,
    tls: Bool = false,
    _ body: (_ registry: RegistryServer, _ scratch: String) async throws -> Value
) async throws -> Value {
    try await withScratch { (scratch) async throws in
        let registry = try await RegistryServer(in: scratch, password: password, tls: tls)
        do {
            let value = try await body(registry, scratch)
            await registry.stop()
            return value
        } catch {
            await registry.stop()
            throw error
        }
    }
}
