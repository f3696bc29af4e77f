import HTTPService
import Logging
import MasterCore
import MesosAPI
import Synchronization

/// Carries out what the core decided, batch by batch, on the core's thread: first what is to be written down, then
/// everything else; what costs time is passed on.
final class EffectSink: Sendable {
    private let writer: EventWriter
    private let operators: OperatorHub
    private let store: RegistryStore?
    private let measures: MasterMeasures
    private let logger: Logger
    private let abort: @Sendable (_ reason: String) -> Void
    private let isOver = Atomic(false)

    /// - Parameters:
    ///   - store: nothing: what must not be lost is kept in memory only.
    ///   - abort: called once when the master cannot go on; from then on nothing is carried out.
    init(
        writer: EventWriter,
        operators: OperatorHub,
        store: RegistryStore?,
        measures: MasterMeasures,
        logger: Logger,
        abort: @escaping @Sendable (_ reason: String) -> Void
    ) {
        self.writer = writer
        self.operators = operators
        self.store = store
        self.measures = measures
        self.logger = logger
        self.abort = abort
    }

    func carryOut(_ effects: [MasterEffect]) {
        guard !isOver.load(ordering: .relaxed), commit(effects) else { return }
        var commands: [(stream: StreamID, command: EventWriter.Command)] = []
        commands.reserveCapacity(effects.count)
        var shown: [OperatorHub.Command] = []
        for effect in effects {
            switch effect {
            case .sendToScheduler(let stream, let event): commands.append((stream, .scheduler(event)))
            case .sendToAgent(let stream, let event): commands.append((stream, .agent(event)))
            case .closeStream(let stream): commands.append((stream, .close))
            case .answer(let reply, let status, let text): answer(reply, status, text)
            case .log(let notice): log(notice)
            case .abort(let reason): end(reason)
            case .persist: break
            case .greetOperators(let streams, let state, let interval):
                shown.append(.greet(streams, Greeting(cluster: state, heartbeatInterval: interval)))
            case .tellOperators(let event): shown.append(.tell(event))
            case .closeOperatorStream(let stream): shown.append(.close(stream))
            }
        }
        writer.write(commands)
        operators.carryOut(shown)
    }

    /// False: not all is on the disk, and nothing of the batch may be told.
    private func commit(_ effects: [MasterEffect]) -> Bool {
        guard let store else { return true }
        let changes = effects.compactMap { if case .persist(let change) = $0 { change } else { nil } }
        guard !changes.isEmpty else { return true }
        do throws(MasterError) {
            let begin = ContinuousClock.now
            try store.commit(changes)
            measures.committed(in: .now - begin)
            return true
        } catch {
            end("\(error.description); what it could not write it has told nobody. Start it again when that works")
            return false
        }
    }

    private func end(_ reason: String) {
        isOver.store(true, ordering: .relaxed)
        logger.error("the master cannot go on", metadata: ["reason": "\(reason)"])
        abort(reason)
    }

    private func answer(_ reply: any ReplyAddress, _ status: Int, _ text: String) {
        guard let responder = reply as? HTTPResponder else { return }
        if text.isEmpty { responder.respond(status) } else { responder.refuse(status, text) }
    }

    private func log(_ notice: MasterNotice) {
        let metadata = Logger.Metadata(notice.subjects.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { $1 })
        logger.log(level: notice.level == .warning ? .warning : .info, "\(notice.message)", metadata: metadata)
    }
}
