import AgentCore
import Cluster
import Containers
import HTTPService
import LinuxKernel
import MesosAPI
import MesosMessages

/// ATTACH_CONTAINER_INPUT: what a client sends, record by record, is what a container's command reads.
struct InputCalls: Sendable {
    let containerizer: Containerizer
    let sessions: Sessions
    let tokens: ExecutorTokens

    private static let longestRecord = 4 << 20

    /// Answers at the end of the body, or when the container has ended.
    func attach(_ request: HTTPRequest, _ body: HTTPBodyStream, _ responder: HTTPResponder) {
        let responder = CallResponder(request: request, responder: responder)
        let task = Task {
            do throws(Refusal) {
                guard let encoding = try responder.bodyStreamEncoding() else {
                    throw Refusal(415, "send records: Content-Type application/recordio")
                }
                var records = InputRecords(body, encoding, longest: Self.longestRecord)
                let id = try await container(&records, request)
                guard sessions.takeInput(of: id) else {
                    throw Refusal(409, "another client is attached to the input of the container \(id); try again when it has gone")
                }
                try await whileTaken(id) { () throws(Refusal) in try await handOn(&records, to: id) }
                responder.responder.respond(200)
            } catch {
                responder.refuse(error, realm: "mesos-agent-readwrite")
            }
        }
        // A command that does not read keeps nobody attached who has gone.
        body.whenUseless { task.cancel() }
    }

    /// Gives the input back before its client hears that all was taken: the client may come again at once.
    private func whileTaken(_ id: ContainerID, _ work: () async throws(Refusal) -> Void) async throws(Refusal) {
        defer { sessions.releaseInput(of: id) }
        try await work()
    }

    /// The first record names the container.
    private func container(_ records: inout InputRecords, _ request: HTTPRequest) async throws(Refusal) -> ContainerID {
        guard let first = try await records.next() else { throw Refusal(400, "the body is empty; its first record names the container") }
        guard first.type == .attachContainerInput, first.hasAttachContainerInput else {
            throw Refusal(415, "only ATTACH_CONTAINER_INPUT is sent as a stream of records; send other calls as one message")
        }
        try ContainerPermission.check(first, try tokens.claims(of: request.headers))
        guard first.attachContainerInput.type == .containerID else {
            throw Refusal(400, "attach_container_input.type: must be CONTAINER_ID in the first record")
        }
        guard first.attachContainerInput.hasContainerID else { throw Refusal(400, "attach_container_input.container_id: missing") }
        return try ContainerCalls.id(first.attachContainerInput.containerID, false)
    }

    private func handOn(_ records: inout InputRecords, to id: ContainerID) async throws(Refusal) {
        let input = try input(of: id)
        let body = records.body
        // Whoever types into a container is told when it is no more.
        let end = sessions.ends.tell(of: id) { body.giveUp() }
        defer { sessions.ends.forget(end) }
        while let record = try await records.next() {
            let message = record.attachContainerInput
            guard record.type == .attachContainerInput, message.type == .processIo, message.hasProcessIo else {
                throw Refusal(400, "attach_container_input.type: must be PROCESS_IO in all records but the first")
            }
            do throws(Refusal) {
                try await input.take(try InputRecord(message.processIo))
            } catch {
                // Its end comes before what it did not read.
                guard body.isGivenUp else { throw error }
            }
        }
    }

    private func input(of id: ContainerID) throws(Refusal) -> AttachedInput {
        do {
            if let session = sessions.session(id) { return try AttachedInput(session, events: try sessions.events()) }
            return try AttachedInput(id, containerizer, events: try sessions.events())
        } catch let error as ContainerError {
            if case .unknown = error { throw Refusal(404, "there is no container \(id), or it has ended") }
            throw Refusal(500, "\(error)")
        } catch {
            throw Refusal(500, "cannot attach to the input of \(id): \(error)")
        }
    }
}
