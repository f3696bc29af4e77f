import CoreLoop
import HTTPService
import MasterCore
import MesosAPI
import MesosMessages

/// `POST /api/v1`: the operator's calls. Those that read are answered from a copy of the state, on a thread of their
/// own, so that the largest answer delays no offer; those that change something are the core's.
struct OperatorEndpoint: Sendable {
    let reads: StateReader
    let large: LargeAnswers
    let loop: CoreLoop<MasterCore>
    let hub: OperatorHub
    let verbosity: LogVerbosity

    /// Answers one call.
    func handle(_ call: Mesos_V1_Master_Call, _ responder: CallResponder) {
        do throws(Refusal) {
            try Self.check(call)
            if call.type == .subscribe { return try hub.open(responder) }
            if OperatorCallValidation.isChange(call.type) { return try submit(call, responder.responder) }
            let encoding = try responder.answerEncoding()
            if call.type == .getLoggingLevel { return responder.respond(level, encoding) }
            if call.type == .setLoggingLevel { return try setLevel(call, responder) }
            if let large = LargeAnswer.Call(call.type) { return self.large.answer(large, responder.responder, encoding) }
            let build = reads.build
            reads.answer(responder.responder) { reading in
                responder.respond(OperatorAnswer(reading: reading, build: build).response(to: call.type), encoding)
            }
        } catch {
            responder.refuse(error)
        }
    }

    /// Hands a call that changes something to the core, which answers it.
    func submit(_ call: Mesos_V1_Master_Call, _ responder: HTTPResponder) throws(Refusal) {
        try OperatorCallValidation.check(call)
        guard !loop.submit(.operatorCall(call, reply: responder)) else { return }
        let message = "the master has too many calls waiting; send this one again in a moment"
        responder.refuse(503, message, headers: [("Retry-After", "1")])
    }

    /// What is answered without the state.
    private static let own: Set<Mesos_V1_Master_Call.TypeEnum> = [.subscribe, .getLoggingLevel, .setLoggingLevel]

    private var level: Mesos_V1_Master_Response {
        var response = Mesos_V1_Master_Response()
        response.type = .getLoggingLevel
        response.getLoggingLevel.level = verbosity.number
        return response
    }

    private func setLevel(_ call: Mesos_V1_Master_Call, _ responder: CallResponder) throws(Refusal) {
        guard call.hasSetLoggingLevel else {
            throw Refusal(400, "set_logging_level: missing; a call of type SET_LOGGING_LEVEL must carry it")
        }
        let duration = Duration.nanoseconds(call.setLoggingLevel.duration.nanoseconds)
        try verbosity.set(call.setLoggingLevel.level, for: duration, field: "set_logging_level.duration")
        responder.responder.respond(200)
    }

    private static func check(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        guard call.hasType else { throw Refusal(400, "type: missing or unknown; it names what the call is to do, such as GET_STATE") }
        if call.type == .unknown { throw Refusal(501, "type: UNKNOWN is no call of the operator API") }
        if call.type == .getMetrics, !call.hasGetMetrics {
            throw Refusal(400, "get_metrics: missing; a call of type GET_METRICS must carry it")
        }
        if call.type == .listFiles || call.type == .readFile { try checkFile(call) }
        let isRead = OperatorAnswer.built.contains(call.type) || LargeAnswer.Call(call.type) != nil
        guard isRead || own.contains(call.type) || OperatorCallValidation.isChange(call.type) else {
            throw Refusal(501, "the call \(call.type.name) is not built yet in Agora; see docs/operator-api.md for what is")
        }
    }

    /// A master has no files, so every path is one that is not there.
    private static func checkFile(_ call: Mesos_V1_Master_Call) throws(Refusal) {
        let (isThere, name, path) =
            call.type == .listFiles
            ? (call.hasListFiles, "list_files", call.listFiles.path) : (call.hasReadFile, "read_file", call.readFile.path)
        guard isThere else { throw Refusal(400, "\(name): missing; a call of type \(call.type.name) must carry it") }
        throw Refusal(404, "\(name).path: \"\(path.prefix(1000))\": \(FilePages.advice)")
    }
}
