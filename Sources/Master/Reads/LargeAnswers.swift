import HTTPService
import MasterCore
import MesosAPI
import NIOCore

/// Answers the calls whose answers grow with the cluster.
struct LargeAnswers: Sendable {
    private struct Kind: Hashable {
        let call: LargeAnswer.Call
        let encoding: MessageEncoding
    }

    private let reads: StateReader
    private let pages: [Kind: SharedPage]

    private static let pieceBytes = 128 << 10

    init(reads: StateReader, kept: KeptPages) {
        self.reads = reads
        let kinds = LargeAnswer.Call.allCases.flatMap { call in MessageEncoding.allCases.map { Kind(call: call, encoding: $0) } }
        pages = Dictionary(
            uniqueKeysWithValues: kinds.map { kind in
                let page = SharedPage(kept) { body in
                    let answer = LargeAnswer(call: kind.call, state: await reads.read().state)
                    kind.encoding.write(answer, pieceBytes: Self.pieceBytes) { body.append(ByteBuffer(bytes: $0)) }
                }
                return (kind, page)
            }
        )
    }

    /// Answers a call in the form that its client wants.
    func answer(_ call: LargeAnswer.Call, _ responder: HTTPResponder, _ encoding: MessageEncoding) {
        let hasPlace = pages[Kind(call: call, encoding: encoding)]?.ask { body in
            Task { await responder.respond(body, contentType: encoding.mediaType) }
        }
        if hasPlace != true { reads.refuse(responder) }
    }
}
