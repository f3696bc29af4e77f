public import AgentCore
public import CoreLoop
import Logging

extension AgentCore: StateMachine {}

/// Carries out the effects of one batch of inputs: the disk first, then everything else in order.
final class EffectRunner: Sendable {
    private let store: AgentStore
    private let link: MasterLink
    private let containers: ContainerRunner
    private let executors: ExecutorStreams
    private let probes: ProbeRunner
    private let logger: Logger
    private let end: EndSignal

    init(
        store: AgentStore,
        link: MasterLink,
        containers: ContainerRunner,
        executors: ExecutorStreams,
        probes: ProbeRunner,
        end: EndSignal,
        logger: Logger
    ) {
        self.store = store
        self.link = link
        self.containers = containers
        self.executors = executors
        self.probes = probes
        self.end = end
        self.logger = logger
    }

    func carryOut(_ effects: [AgentEffect]) {
        let changes = effects.compactMap { if case .persist(let change) = $0 { change } else { nil } }
        if !changes.isEmpty, !store.commit(changes) {
            return end.abort("the agent cannot store what happens; the log says why")
        }
        for effect in effects { carryOut(effect) }
    }

    private func carryOut(_ effect: AgentEffect) {
        switch effect {
        case .persist: break
        case .connect(let number, let call): link.connect(number, call)
        case .disconnect(let number): link.disconnect(number)
        case .send(let number, let call): link.send(number, call)
        case .launch(let launch): containers.launch(launch)
        case .signal(let id, let signal): containers.signal(id, signal)
        case .destroy(let id): containers.destroy(id)
        case .update(let id, let limits): containers.update(id, limits)
        case .forget(let id): containers.forget(id)
        case .openStream(let id, let reply): executors.open(id, reply)
        case .sendToExecutor(let id, let event): executors.send(event, to: id)
        case .closeStream(let id): executors.close(id)
        case .answer(let reply, let status, let text): executors.answer(reply, status, text)
        case .probe(let probe): probes.start(probe)
        case .stopProbe(let id): probes.stop(id)
        case .abort(let reason): end.abort("the master does not want this agent: \(reason)")
        case .stopped:
            end.hasStopped.open()
            end.isDue.open()
        case .log(let line): log(line)
        }
    }

    private func log(_ line: AgentLogLine) {
        let level: Logger.Level =
            switch line.level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        logger.log(level: level, "\(line.message)", metadata: line.facts.mapValues { "\($0)" })
    }
}
