import FoundationEssentials

/// A server that has copies of a registry's images.
public struct RegistryMirror: Hashable, Sendable {
    /// `host` or `host:port`: what its credentials and certificates are called by.
    let host: String
    /// Scheme, host and path, without a slash at the end.
    let root: String

    var isInsecure: Bool { root.hasPrefix("http://") }

    /// Reads `https://host[:port][/path]`, or `http://…` for one that is asked without encryption.
    ///
    /// - Throws: ``ImageError`` with code `invalidReference`.
    public init(parsing text: String) throws(ImageError) {
        guard let url = URL(string: text), let origin = Origin(url), url.user == nil, url.query == nil, url.fragment == nil,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw ImageError(.invalidReference, "\(quoted(text)) is no mirror; write https://HOST, with :PORT and /PATH if needed")
        }
        host = url.port.map { "\(origin.host):\($0)" } ?? origin.host
        var root = text
        while root.hasSuffix("/") { root.removeLast() }
        self.root = root
    }
}
