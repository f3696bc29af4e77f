public import MesosAPI
import NIOCore

extension HTTPRequest {
    /// The fields of a POSTed form (`application/x-www-form-urlencoded`).
    ///
    /// - Throws: 415 for other media types, 400 for what is no form.
    public func form() throws(Refusal) -> HTTPQuery {
        if let type = headers["Content-Type"] {
            let name = type.split(separator: ";", omittingEmptySubsequences: false).first.map { $0.trimmed.lowercased() }
            guard name == "application/x-www-form-urlencoded" else {
                throw Refusal(415, "Content-Type: '\(type.prefix(100))' is no form; send application/x-www-form-urlencoded")
            }
        }
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw Refusal(400, "the body is no form: it is not UTF-8")
        }
        do throws(RequestTarget.Malformed) {
            return try RequestTarget.query(text[...], what: "form")
        } catch {
            throw Refusal(400, "the body is no form: \(error.reason)")
        }
    }
}
