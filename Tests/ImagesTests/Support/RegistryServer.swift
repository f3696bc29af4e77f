import Foundation
import Testing

/// Debian's docker-registry on a free loopback port, with its data in a folder of the test.
final class RegistryServer {
    let address: String
    private let process: Process

    /// - Parameter password: if given, the registry wants the user `agora` with the password `secret`.
    init(in folder: String, password: Bool = false) async throws {
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
            http: {addr: "127.0.0.1:0"}
            \(password ? authentication : "")
            """
        try write(configuration.utf8, to: "\(folder)/registry.yml")
        // bcrypt of "secret"
        try write("agora:$2b$04$O3jh/Cci/5XStiKB.GyYcOwzb9r/USiDGGnnPKvrPjciMBAPl8Miu\n".utf8, to: "\(folder)/htpasswd")
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/docker-registry")
        process.arguments = ["serve", "\(folder)/registry.yml"]
        let output = Pipe()
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var log = ""
        // The registry says where it listens once it does; if it fails it ends, and so does its log.
        while true {
            let bytes = output.fileHandleForReading.availableData
            log += String(decoding: bytes, as: UTF8.self)
            if let match = log.firstMatch(of: /listening on (127\.0\.0\.1:[0-9]+)/) {
                address = String(match.1)
                break
            }
            try #require(!bytes.isEmpty, "docker-registry does not start: \(log)")
        }
        // Its further log is not wanted, but a full pipe would stop it.
        output.fileHandleForReading.readabilityHandler = { handle in
            if handle.availableData.isEmpty { handle.readabilityHandler = nil }
        }
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}

func withRegistry<Value>(
    password: Bool = false,
    _ body: (_ registry: RegistryServer, _ scratch: String) async throws -> Value
) async throws -> Value {
    try await withScratch { (scratch) async throws in
        let registry = try await RegistryServer(in: scratch, password: password)
        defer { registry.stop() }
        return try await body(registry, scratch)
    }
}
