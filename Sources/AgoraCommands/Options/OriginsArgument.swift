import ArgumentParser
import Foundation

/// Origins of web pages, separated by commas.
enum OriginsArgument {
    static func parse(_ text: String) throws -> [String] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            guard let url = URLComponents(string: String(item)), let scheme = url.scheme, scheme == "http" || scheme == "https",
                let host = url.host, !host.isEmpty, url.user == nil, url.path.isEmpty, url.query == nil, url.fragment == nil
            else {
                throw ValidationError(
                    "\"\(item.prefix(200))\" is no origin; write scheme, host and port, as https://agora.example.org:8443"
                )
            }
            return String(item).lowercased()
        }
    }
}
