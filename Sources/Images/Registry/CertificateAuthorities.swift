import NIOSSL

/// Certificates of authorities that are trusted besides those of the machine.
public struct CertificateAuthorities: Hashable, Sendable {
    let certificates: [NIOSSLCertificate]

    private init(certificates: [NIOSSLCertificate]) {
        self.certificates = certificates
    }

    /// Reads a file of certificates in PEM; blocking.
    ///
    /// - Throws: ``ImageError`` with code `invalidDocument` or `notFound` that names the file.
    public init(file: String) throws(ImageError) {
        let bytes = try readFile(file, limit: Self.maximumBytes, what: "certificates")
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw ImageError(.invalidDocument, "\(quoted(file)) has no certificates in PEM: \(quoted(String(describing: error)))")
        }
        guard !certificates.isEmpty else { throw ImageError(.invalidDocument, "\(quoted(file)) has no certificates in PEM") }
    }

    private static let maximumBytes = 4 << 20

    /// Both together.
    public static func + (left: CertificateAuthorities, right: CertificateAuthorities) -> CertificateAuthorities {
        CertificateAuthorities(certificates: left.certificates + right.certificates)
    }

    /// How a connection is made that trusts them.
    var tls: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.additionalTrustRoots = [.certificates(certificates)]
        return tls
    }
}
