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
    private let tokens: ExecutorTokens
    private let running = Atomic(0)

    init(containers: ContainerCalls, reads: ReadCalls, tokens: ExecutorTokens) {
        self.containers = containers
        self.tokens = tokens
        self.reads = reads
    }

    /// Answers later, from any thread; never blocks.
    func handle(_ call: Mesos_V1_Agent_Call, _ responder: CallResponder) {
        let encoding: MessageEncoding
        do throws(Refusal) {
            try Self.check(call)
            try ContainerPermission.check(call, try tokens.claims(of: responder.request.headers))
            encoding = try responder.answerEncoding()
        } catch {
            return responder.refuse(error, realm: "mesos-agent-readwrite")
        }
        guard running.add(1, ordering: .relaxed).newValue <= AgentConfiguration.concurrentOperatorCalls else {
            running.subtract(1, ordering: .relaxed)
            return responder.refuse(503, "\(AgentConfiguration.concurrentOperatorCalls) operator calls run already; try again later")
        }
        Task {
            defer { running.subtract(1, ordering: .relaxed) }
            do throws(Refusal) {
                switch try await perform(call) {
                case .status(let status): responder.responder.respond(status)
                case .message(let message): responder.respond(message, encoding)
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
        .launchNestedContainer, .waitNestedContainer, .killNestedContainer, .removeNestedContainer,
        .launchContainer, .waitContainer, .killContainer, .removeContainer,
    ]

    private func perform(_ call: Mesos_V1_Agent_Call) async throws(Refusal) -> OperatorAnswer {
        switch call.type {
        case .launchNestedContainer, .launchContainer: try await containers.launch(call)
        case .waitNestedContainer, .waitContainer: try await containers.wait(call)
        case .killNestedContainer, .killContainer: try containers.kill(call)
        case .removeNestedContainer, .removeContainer: try await containers.remove(call)
        default: .message(try await reads.answer(call))
        }
    }
}

/// What is answered to an operator's call.
enum OperatorAnswer {
    /// No body.
    case status(Int)
    case message(Mesos_V1_Agent_Response)
}
