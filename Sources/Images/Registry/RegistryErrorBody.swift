import AsyncHTTPClient

/// The errors a registry explains itself with (OCI distribution specification, "Error Codes").
enum RegistryErrorBody {
    private struct Document: Decodable {
        let errors: [Item]
    }

    private struct Item: Decodable {
        let code: String
        let message: String?
    }

    /// The first error, for a message; `nil` if the body is something else, such as a web page.
    static func read(_ response: HTTPClientResponse) async -> String? {
        let bytes = try? await withDeadline(.seconds(5), "an error") { () throws(ImageError) in
            try await HTTPTransport.collect(response, limit: ImageLimits.errorBodyBytes, what: "an error")
        }
        guard let bytes, let document = try? JSONDocument.decode(Document.self, from: bytes, what: "an error") else { return nil }
        return document.errors.first.map { "\(quoted($0.code)) \(quoted($0.message ?? ""))" }
    }
}
