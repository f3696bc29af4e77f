import FoundationEssentials
import Images

/// Where a file comes from.
enum FetchSource: Hashable, Sendable {
    case http(URL)
    /// A file of the machine, by its absolute path.
    case local(String)

    /// - Throws: ``FetchError`` with code `invalidURI` or `unsupported`.
    init(_ text: String) throws(FetchError) {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw FetchError(.invalidURI, "it is empty or contains a control character")
        }
        guard !text.hasPrefix("/") else {
            self = .local(text)
            return
        }
        guard let end = text.firstRange(of: "://") else {
            throw FetchError(.invalidURI, "it must be http://…, https://…, file:///… or an absolute path of the agent's machine")
        }
        let scheme = text[..<end.lowerBound].lowercased()
        switch scheme {
        case "http", "https": self = .http(try Self.address(text))
        case "file": self = .local(try Self.path(text[end.upperBound...]))
        default:
            throw FetchError(.unsupported, "\(quoted(scheme)) is not fetched; http, https, file and absolute paths are")
        }
    }

    private static func address(_ text: String) throws(FetchError) -> URL {
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty else {
            throw FetchError(.invalidURI, "it is no address with a host")
        }
        return url
    }

    /// `file:///path` and `file://localhost/path` (RFC 8089). As in Mesos, percent signs mean themselves.
    private static func path(_ rest: Substring) throws(FetchError) -> String {
        let path = rest.hasPrefix("localhost/") ? rest.dropFirst("localhost".count) : rest
        guard path.hasPrefix("/") else { throw FetchError(.invalidURI, "a file of another machine cannot be reached: write file:///path") }
        return String(path)
    }

    /// The last part of the path, without query and fragment; nothing if there is none.
    static func name(of text: String) -> String? {
        var rest = Substring(text)
        if let scheme = text.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            if !text.lowercased().hasPrefix("file:") { rest = rest.prefix { $0 != "?" && $0 != "#" } }
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            rest = rest[slash...]
        }
        guard let name = rest.split(separator: "/").last, !rest.hasSuffix("/"), name != ".", name != ".." else { return nil }
        return String(name)
    }

    /// The URI for messages, with "…" in the place of a password.
    static func shown(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://"), let at = text[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@"),
            let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return quoted(text) }
        return quoted(text[...colon] + "…" + text[at...])
    }
}

extension String {
    /// The first place of a text.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
