import NIOSSL

/// A server's identity, read from its files.
enum TLSContext {
    static func load(_ tls: HTTPServerConfiguration.TLS) throws(HTTPServiceError) -> NIOSSLContext {
        let chain = try reading(tls.certificateChainPath) { try NIOSSLCertificate.fromPEMFile($0) }
        guard !chain.isEmpty else {
            throw .unusableTLSFile(path: tls.certificateChainPath, reason: "there is no certificate in it")
        }
        let key = try reading(tls.privateKeyPath) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return try reading(tls.privateKeyPath) { _ in try NIOSSLContext(configuration: configuration) }
    }

    private static func reading<Value>(_ path: String, _ read: (String) throws -> Value) throws(HTTPServiceError) -> Value {
        do {
            return try read(path)
        } catch {
            throw .unusableTLSFile(path: path, reason: "\(error)")
        }
    }
}
