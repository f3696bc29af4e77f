import HTTPService
import MesosAPI
import SwiftProtobuf

extension CallHeaders {
    /// The header fields that say how a call and its answer are encoded.
    init(_ request: HTTPRequest) {
        self.init(
            contentType: request.headers["Content-Type"],
            accept: request.headers.joined("Accept"),
            messageContentType: request.headers["Message-Content-Type"],
            messageAccept: request.headers["Message-Accept"])
    }
}

extension HTTPRequest {
    /// Reads the body as a message in the encoding that the headers name.
    func call<M: Message>(_ type: M.Type) throws(Refusal) -> M {
        let encoding = try Negotiation.bodyEncoding(CallHeaders(self))
        do { return try encoding.decode(type, from: bodyBytes) } catch { throw Refusal(400, "\(error)") }
    }
}

extension HTTPResponder {
    func refuse(_ refusal: Refusal) {
        refuse(refusal.status, refusal.message)
    }
}
