import HTTPService
import MasterCore
import MesosAPI
import NIOCore

/// The older pages that are read by GET.
struct PageEndpoint: Sendable {
    /// Makes a page of a copy of the state and what the query asks for.
    typealias Page = @Sendable (StateReading, HTTPQuery) -> [UInt8]

    private let reads: StateReader
    private let wholeState: SharedPage
    private let summary: SharedPage
    private let agents: SharedPage
    private let frameworks: SharedPage

    /// Where this master is reached, as `host:port`.
    private let authority: String

    init(reads: StateReader, kept: KeptPages, authority: String) {
        self.reads = reads
        self.authority = authority
        func shared(_ write: @escaping @Sendable (StateReading, inout JSONWriter) -> Void) -> SharedPage {
            SharedPage(kept) { body in
                let reading = await reads.read()
                if reading.isLarge { body.expectMore() }
                var writer = body.writer
                write(reading, &writer)
                writer.finish()
            }
        }
        wholeState = shared { StateJSON($0, build: reads.build).write(to: &$1) }
        summary = shared { SummaryJSON($0).write(to: &$1) }
        agents = shared { ListPages.writeAgents($0, only: nil, to: &$1) }
        frameworks = shared { ListPages.writeFrameworks($0, only: nil, to: &$1) }
    }

    /// Says that the master lives.
    func health(_ request: HTTPRequest, _ responder: HTTPResponder) {
        responder.respond(200)
    }

    /// Says what runs here.
    func version(_ request: HTTPRequest, _ responder: HTTPResponder) {
        var writer = JSONWriter()
        writer.object { reads.build.write(to: &$0) }
        responder.respond(json: writer.bytes, to: request)
    }

    /// Shows the whole cluster.
    func state(_ request: HTTPRequest, _ responder: HTTPResponder) {
        answer(request, responder, wholeState)
    }

    /// Shows the whole cluster without its tasks.
    func stateSummary(_ request: HTTPRequest, _ responder: HTTPResponder) {
        answer(request, responder, summary)
    }

    /// Shows the agents, or one of them.
    func agents(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard request.query["slave_id"] != nil else { return answer(request, responder, agents) }
        page(ListPages.agents)(request, responder)
    }

    /// Shows the frameworks with their tasks, or one of them.
    func frameworks(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard request.query["framework_id"] != nil else { return answer(request, responder, frameworks) }
        page(ListPages.frameworks)(request, responder)
    }

    private func answer(_ request: HTTPRequest, _ responder: HTTPResponder, _ page: SharedPage) {
        let hasPlace = page.ask { body in
            Task { await responder.respond(json: body, to: request) }
        }
        if !hasPlace { reads.refuse(responder) }
    }

    /// Answers with one of the pages.
    func page(_ page: @escaping Page) -> Router.Handler {
        { [reads] request, responder in
            reads.answer(responder) { reading in
                responder.respond(json: page(reading, request.query), to: request)
            }
        }
    }

    /// Leads to the leading master, which is this one: there is no other.
    func redirect(_ request: HTTPRequest, _ responder: HTTPResponder) {
        responder.respond(307, headers: [("Location", "//\(authority)")])
    }

    /// The metrics for Prometheus.
    func metrics(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let build = reads.build
        reads.answer(responder) { reading in
            responder.respond(
                200,
                headers: [("Content-Type", PrometheusText.mediaType)],
                body: Array(MasterFigures(reading, build).text.utf8)
            )
        }
    }
}

extension PageBody {
    /// Writes JSON into this page, piece by piece.
    fileprivate var writer: JSONWriter {
        JSONWriter(pieceBytes: 128 << 10) { self.append(ByteBuffer(bytes: $0)) }
    }
}
