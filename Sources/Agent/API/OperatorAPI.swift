import Cluster
import HTTPService
import MesosAPI
import MesosMessages
import Synchronization

/// The agent's operator API: one POST for every call, answered with a message or a status.
///
/// Source of the calls and their statuses: Mesos's "Agent API" page; what differs is said in `docs/container-api.md`.
final class OperatorAPI: Sendable {
    private let containers: ContainerCalls
    private let reads: ReadCalls
    private let images: ImageCalls
    private let tokens: ExecutorTokens
    private let sessions: SessionCalls
    let input: InputCalls
    private let running = Atomic(0)

    init(containers: ContainerCalls, sessions: Sessions, reads: ReadCalls, images: ImageCalls, tokens: ExecutorTokens) {
        self.containers = containers
        let logs = LogFollowing(containerizer: containers.containerizer, sessions: sessions)
        self.sessions = SessionCalls(containers: containers, sessions: sessions, logs: logs)
        input = InputCalls(containerizer: containers.containerizer, sessions: sessions, tokens: tokens)
        self.images = images
        self.tokens = tokens
        self.reads = reads
    }

    /// Answers later, from any thread; never blocks.
    func handle(_ call: Mesos_V1_Agent_Call, _ responder: CallResponder) {
        let encoding: MessageEncoding
        do throws(Refusal) {
            try Self.check(call)
            try ContainerPermission.check(call, try tokens.claims(of: responder.request.headers))
            encoding = Self.streaming.contains(call.type) ? .json : try responder.answerEncoding()
        } catch {
            return responder.refuse(error, realm: "mesos-agent-readwrite")
        }
        guard running.add(1, ordering: .relaxed).newValue <= AgentConfiguration.concurrentOperatorCalls else {
            running.subtract(1, ordering: .relaxed)
            return responder.refuse(503, "\(AgentConfiguration.concurrentOperatorCalls) operator calls run already; try again later")
        }
        Task(executorPreference: call.isShort ? responder.responder.executor : nil) { [self] in
            defer { running.subtract(1, ordering: .relaxed) }
            do throws(Refusal) {
                switch try await perform(call, responder) {
                case .status(let status): responder.responder.respond(status)
                case .message(let message): responder.respond(message, encoding)
                case .given: break
                }
            } catch {
                responder.refuse(error)
            }
        }
    }

    /// What is answered 501 is refused before anything else of the call is looked at.
    private static func check(_ call: Mesos_V1_Agent_Call) throws(Refusal) {
        guard call.hasType else { throw Refusal(400, "type: missing or unknown; it names what the call is to do, such as GET_STATE") }
        guard Self.supported.contains(call.type) else {
            throw Refusal(501, "the call \(call.type.name) is not supported by this version of Agora")
        }
    }

    private static let supported: Set<Mesos_V1_Agent_Call.TypeEnum> = [
        .getHealth, .getVersion, .getState, .getAgent, .getTasks, .getFrameworks, .getExecutors, .getContainers,
        .getOperations, .getResourceProviders, .listFiles, .readFile,
        .getFlags, .getMetrics, .getLoggingLevel, .setLoggingLevel,
        .launchNestedContainer, .waitNestedContainer, .killNestedContainer, .removeNestedContainer,
        .launchContainer, .waitContainer, .killContainer, .removeContainer,
        .launchNestedContainerSession, .attachContainerOutput, .attachContainerInput, .pruneImages,
    ]

    /// Those answered by a stream.
    private static let streaming: Set<Mesos_V1_Agent_Call.TypeEnum> = [.launchNestedContainerSession, .attachContainerOutput]

    private func perform(_ call: Mesos_V1_Agent_Call, _ responder: CallResponder) async throws(Refusal) -> OperatorAnswer {
        switch call.type {
        case .launchNestedContainer, .launchContainer: try await containers.launch(call)
        case .waitNestedContainer, .waitContainer: try await containers.wait(call)
        case .killNestedContainer, .killContainer: try containers.kill(call)
        case .removeNestedContainer, .removeContainer: try await containers.remove(call)
        case .launchNestedContainerSession: try await given { () throws(Refusal) in try await sessions.launch(call, responder) }
        case .attachContainerOutput: try await given { () throws(Refusal) in try await sessions.attachOutput(call, responder) }
        case .attachContainerInput:
            throw Refusal(415, "ATTACH_CONTAINER_INPUT is a stream of records: send Content-Type application/recordio")
        case .pruneImages: try await images.prune(call)
        case .setLoggingLevel: try reads.setLevel(call)
        default: .message(try await reads.answer(call))
        }
    }

    private func given(_ answer: () async throws(Refusal) -> Void) async throws(Refusal) -> OperatorAnswer {
        try await answer()
        return .given
    }
}

extension Mesos_V1_Agent_Call {
    /// Whether all that is done for it is handed to threads of the containerizer, which it then waits for.
    fileprivate var isShort: Bool {
        switch type {
        case .waitContainer, .waitNestedContainer, .killContainer, .killNestedContainer, .removeContainer, .removeNestedContainer: true
        // Without images and files.
        case .launchContainer: !launchContainer.hasContainer && launchContainer.command.uris.isEmpty
        case .launchNestedContainer: !launchNestedContainer.hasContainer && launchNestedContainer.command.uris.isEmpty
        default: false
        }
    }
}

/// What is answered to an operator's call.
enum OperatorAnswer {
    /// No body.
    case status(Int)
    case message(Mesos_V1_Agent_Response)
    /// It was answered already.
    case given
}
