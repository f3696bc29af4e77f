import AgentCore
import Cluster
import Containers
import CoreLoop
import HTTPService
import LinuxKernel
import MesosAPI
import MesosMessages
import Synchronization

/// The calls whose answer is the output of a container, as it comes.
struct SessionCalls: Sendable {
    let containers: ContainerCalls
    let sessions: Sessions
    let logs: LogFollowing

    private var containerizer: Containerizer { containers.containerizer }

    /// How long a session may take to end once it has closed its output.
    private static let endTimeout = Duration.seconds(5)

    // MARK: LAUNCH_NESTED_CONTAINER_SESSION

    /// Launches a container for this client alone: it ends when the client goes.
    func launch(_ call: Mesos_V1_Agent_Call, _ responder: CallResponder) async throws(Refusal) {
        try ContainerCalls.require(call.hasLaunchNestedContainerSession, call)
        let body = call.launchNestedContainerSession
        let id = try ContainerCalls.id(body.containerID, true)
        let form = try responder.answerStream()
        var request = OperatorLaunch(
            id: id,
            command: body.hasCommand ? body.command : nil,
            container: body.hasContainer ? body.container : nil
        )
        request.isSession = true
        let session = ContainerSession()
        do {
            try await containers.launch(request) { $0.streams.output = .session(session) }
        } catch let refusal as Refusal {
            throw refusal
        } catch ContainerError.alreadyExists {
            return responder.responder.respond(202)
        } catch let error as ContainerError {
            throw Refusal(400, "\(error)")
        } catch {
            throw Refusal(400, "cannot launch the session \(id): \(error)")
        }
        try open(id, session.takeEnds(), form, responder)
    }

    private func open(
        _ id: ContainerID,
        _ ends: ContainerSession.Ends,
        _ form: AnswerStream,
        _ responder: CallResponder
    ) throws(Refusal) {
        // Known before its client hears of it, and asks for its input.
        let session: OpenSession
        do {
            session = try OpenSession(id, ends, events: try sessions.events())
        } catch {
            Task { try? await containerizer.destroy(id) }
            throw Refusal(500, "cannot open the session \(id): \(error)")
        }
        sessions.add(session)
        let isOver = ClosedFlag()
        let stream = responder.stream(
            of: OutputRecords.Record.self,
            form,
            maximumBufferedBytes: OutputRecords.mostBuffered
        ) {
            // The client went before the output was over.
            if !isOver.isSet { Task { try? await containerizer.destroy(id) } }
        }
        let records = OutputRecords(stream)
        Task {
            await session.run(for: records) { isOver.set() }
            await end(id)
            sessions.remove(id)
        }
    }

    /// Its output is over, so its command should be; one that goes on has nobody any more.
    private func end(_ id: ContainerID) async {
        let destruction = Task {
            try await Task.sleep(for: Self.endTimeout)
            try await containerizer.destroy(id)
        }
        _ = try? await containerizer.wait(id)
        destruction.cancel()
    }

    // MARK: ATTACH_CONTAINER_OUTPUT

    /// Shows what a container writes from now on, or, if its client asks for it, from the beginning of its logs.
    func attachOutput(_ call: Mesos_V1_Agent_Call, _ responder: CallResponder) async throws(Refusal) {
        try ContainerCalls.require(call.hasAttachContainerOutput, call)
        let id = try ContainerCalls.id(call.attachContainerOutput.containerID, false)
        let form = try responder.answerStream()
        if let session = sessions.session(id) {
            let stream = responder.stream(of: OutputRecords.Record.self, form, maximumBufferedBytes: OutputRecords.mostBuffered) {}
            return session.attach(OutputRecords(stream))
        }
        let selection = try LogSelection(header: responder.request.headers[LogFollowing.startHeader], now: SteadyClock().now)
        try await logs.follow(id, selection, form, responder)
    }
}
