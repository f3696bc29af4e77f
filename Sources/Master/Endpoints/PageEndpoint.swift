import HTTPService
import MasterCore
import MesosAPI
import NIOCore

/// The older pages that are read by GET: `/health`, `/version`, `/state`, `/redirect`, `/metrics`, `/metrics/snapshot`.
struct PageEndpoint: Sendable {
    private let reads: StateReader
    private let wholeState: SharedPage

    /// Where this master is reached, as `host:port`.
    private let authority: String

    init(reads: StateReader, authority: String) {
        self.reads = reads
        self.authority = authority
        wholeState = SharedPage { ByteBuffer(bytes: StateJSON(await reads.read(), build: reads.build).encode()) }
    }

    /// Says that the master lives.
    func health(_ request: HTTPRequest, _ responder: HTTPResponder) {
        responder.respond(200)
    }

    /// Says what runs here.
    func version(_ request: HTTPRequest, _ responder: HTTPResponder) {
        var writer = JSONWriter()
        writer.object { reads.build.write(to: &$0) }
        responder.respond(json: ByteBuffer(bytes: writer.bytes), to: request)
    }

    /// Shows the whole cluster.
    func state(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let hasPlace = wholeState.ask { responder.respond(json: $0, to: request) }
        if !hasPlace { reads.refuse(responder) }
    }

    /// Leads to the leading master, which is this one: there is no other.
    func redirect(_ request: HTTPRequest, _ responder: HTTPResponder) {
        responder.respond(307, headers: [("Location", "//\(authority)")])
    }

    /// Mesos's metrics in JSON.
    func snapshot(_ request: HTTPRequest, _ responder: HTTPResponder) {
        reads.answer(responder) { reading in
            responder.respond(json: ByteBuffer(bytes: MasterMetrics(reading).snapshot), to: request)
        }
    }

    /// The same metrics for Prometheus.
    func metrics(_ request: HTTPRequest, _ responder: HTTPResponder) {
        reads.answer(responder) { reading in
            responder.respond(
                200,
                headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
                body: MasterMetrics(reading).prometheus
            )
        }
    }
}

extension HTTPResponder {
    /// Answers with JSON, or with a call of the function that `jsonp` names.
    func respond(json: ByteBuffer, to request: HTTPRequest) {
        guard let function = request.query["jsonp"] else {
            return respond(200, headers: [("Content-Type", "application/json")], body: json)
        }
        let isName =
            !function.isEmpty && function.utf8.count <= 128
            && function.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_$.".contains($0)) }
        guard isName else { return refuse(400, "jsonp: must be the name of a JavaScript function, up to 128 letters, digits, _, $ and .") }
        let call = Array("\(function)(".utf8) + json.readableBytesView + Array(")".utf8)
        respond(200, headers: [("Content-Type", "text/javascript")], body: call)
    }
}
