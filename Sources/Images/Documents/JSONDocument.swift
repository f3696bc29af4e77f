import FoundationEssentials

/// Reading of the JSON documents that come with an image.
enum JSONDocument {
    /// Decodes one document.
    ///
    /// - Parameter what: what the document is, for the message: `manifest sha256:…`.
    /// - Throws: ``ImageError`` with code `invalidDocument` that names the field.
    static func decode<Document: Decodable>(_ type: Document.Type, from bytes: [UInt8], what: String) throws(ImageError) -> Document {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw ImageError(.invalidDocument, "\(what) \(problem(error))")
        } catch {
            throw ImageError(.invalidDocument, "\(what) cannot be read: \(quoted(String(describing: error)))")
        }
    }

    static func encode(_ document: some Encodable) throws(ImageError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            return [UInt8](try encoder.encode(document))
        } catch {
            throw ImageError(.storage, "a record of the image store cannot be written as JSON: \(error)")
        }
    }

    private static func problem(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "has no field \(path(context.codingPath + [key]))"
        case .typeMismatch(_, let context): "has another type than expected in field \(path(context.codingPath))"
        case .valueNotFound(_, let context): "has null in field \(path(context.codingPath))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "is not JSON"
        case .dataCorrupted(let context): "has a wrong value in field \(path(context.codingPath)): \(context.debugDescription)"
        @unknown default: "cannot be read"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        quoted(keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "."))
    }
}
