import HTTPService
import MasterCore
import MesosAPI

/// The older pages that are read by GET: `/health`, `/version`, `/state`, `/redirect`, `/metrics`, `/metrics/snapshot`.
struct PageEndpoint: Sendable {
    let reads: StateReader

    /// Where this master is reached, as `host:port`.
    let authority: String

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
        let build = reads.build
        reads.answer(responder) { reading in
            responder.respond(json: StateJSON(reading, build: build).encode(), to: request)
        }
    }

    /// Leads to the leading master, which is this one: there is no other.
    func redirect(_ request: HTTPRequest, _ responder: HTTPResponder) {
        responder.respond(307, headers: [("Location", "//\(authority)")])
    }

    /// Mesos's metrics in JSON.
    func snapshot(_ request: HTTPRequest, _ responder: HTTPResponder) {
        reads.answer(responder) { reading in
            responder.respond(json: MasterMetrics(reading).snapshot, to: request)
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
    fileprivate func respond(json: [UInt8], to request: HTTPRequest) {
        guard let function = request.query["jsonp"] else {
            return respond(200, headers: [("Content-Type", "application/json")], body: json)
        }
        let isName =
            !function.isEmpty && function.utf8.count <= 128
            && function.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_$.".contains($0)) }
        guard isName else { return refuse(400, "jsonp: must be the name of a JavaScript function, up to 128 letters, digits, _, $ and .") }
        respond(200, headers: [("Content-Type", "text/javascript")], body: Array("\(function)(".utf8) + json + Array(")".utf8))
    }
}
