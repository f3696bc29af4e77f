import HTTPService
import Logging
import MasterCore
import MesosAPI

/// Carries out what the core decided, batch by batch, on the core's thread: what costs time is passed on.
struct EffectSink: Sendable {
    let writer: EventWriter
    let logger: Logger

    func carryOut(_ effects: [MasterEffect]) {
        var commands: [(stream: StreamID, command: EventWriter.Command)] = []
        commands.reserveCapacity(effects.count)
        for effect in effects {
            switch effect {
            case .sendToScheduler(let stream, let event): commands.append((stream, .scheduler(event)))
            case .sendToAgent(let stream, let event): commands.append((stream, .agent(event)))
            case .closeStream(let stream): commands.append((stream, .close))
            case .answer(let reply, let status, let text): answer(reply, status, text)
            case .log(let notice): log(notice)
            }
        }
        writer.write(commands)
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
