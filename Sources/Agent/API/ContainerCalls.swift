import AgentCore
import Cluster
import Containers
import MesosAPI
import MesosMessages

/// The operator's calls that launch, await, signal and remove containers.
struct ContainerCalls: Sendable {
    let containerizer: Containerizer
    let runner: ContainerRunner
    let preparation: LaunchPreparation
    let workDirectory: String

    /// 200: it runs. 202: one with this id is there already. 400: all else.
    func launch(_ call: Mesos_V1_Agent_Call) async throws(Refusal) -> OperatorAnswer {
        let request = try launchRequest(call)
        if runner.isLaunching(request.id) { return .status(202) }
        do {
            try await launch(request)
            return .status(200)
        } catch let refusal as Refusal {
            throw refusal
        } catch ContainerError.alreadyExists {
            return .status(202)
        } catch let error as ContainerError {
            throw Refusal(400, "\(error)")
        } catch {
            throw Refusal(400, "cannot launch the container \(request.id): \(error)")
        }
    }

    /// Launches what a request describes, with all that it needs brought here.
    func launch(_ request: OperatorLaunch, _ change: @Sendable (inout ContainerSpec) -> Void = { _ in }) async throws {
        let launch = try request.plan(parent: try await parent(of: request), workDirectory: workDirectory)
        try await preparation.withSpec(for: launch) { spec in
            var spec = spec
            change(&spec)
            _ = try await containerizer.launch(spec)
        }
    }

    /// Answers when the container has ended.
    func wait(_ call: Mesos_V1_Agent_Call) async throws(Refusal) -> OperatorAnswer {
        let isNestedCall = call.type == .waitNestedContainer
        try Self.require(isNestedCall ? call.hasWaitNestedContainer : call.hasWaitContainer, call)
        let id = try Self.id(isNestedCall ? call.waitNestedContainer.containerID : call.waitContainer.containerID, isNestedCall)
        let exit: ContainerExit
        do throws(ContainerError) {
            exit = ContainerExit(try await containerizer.wait(id))
        } catch {
            throw Self.refusal(error, id)
        }
        return .message(isNestedCall ? exit.nestedResponse : exit.response)
    }

    func kill(_ call: Mesos_V1_Agent_Call) throws(Refusal) -> OperatorAnswer {
        let isNestedCall = call.type == .killNestedContainer
        try Self.require(isNestedCall ? call.hasKillNestedContainer : call.hasKillContainer, call)
        let id = try Self.id(isNestedCall ? call.killNestedContainer.containerID : call.killContainer.containerID, isNestedCall)
        let hasSignal = isNestedCall ? call.killNestedContainer.hasSignal : call.killContainer.hasSignal
        let signal = hasSignal ? (isNestedCall ? call.killNestedContainer.signal : call.killContainer.signal) : Self.sigkill
        guard (1...64).contains(signal) else { throw Refusal(400, "signal: must be from 1 to 64, is \(signal)") }
        do throws(ContainerError) {
            try containerizer.kill(id, signal: signal)
        } catch {
            throw Self.refusal(error, id)
        }
        return .status(200)
    }

    /// Removes what is left of an ended container; one that is not there is as good as removed.
    func remove(_ call: Mesos_V1_Agent_Call) async throws(Refusal) -> OperatorAnswer {
        let isNestedCall = call.type == .removeNestedContainer
        try Self.require(isNestedCall ? call.hasRemoveNestedContainer : call.hasRemoveContainer, call)
        let id = try Self.id(
            isNestedCall ? call.removeNestedContainer.containerID : call.removeContainer.containerID,
            isNestedCall
        )
        do throws(ContainerError) {
            try await containerizer.remove(id)
        } catch .unknown {
            return .status(200)
        } catch {
            throw Refusal(500, "cannot remove the container \(id): \(error)")
        }
        return .status(200)
    }

    private static let sigkill: Int32 = 9

    private func launchRequest(_ call: Mesos_V1_Agent_Call) throws(Refusal) -> OperatorLaunch {
        if call.type == .launchNestedContainer {
            try Self.require(call.hasLaunchNestedContainer, call)
            let body = call.launchNestedContainer
            return OperatorLaunch(
                id: try Self.id(body.containerID, true),
                command: body.hasCommand ? body.command : nil,
                container: body.hasContainer ? body.container : nil
            )
        }
        try Self.require(call.hasLaunchContainer, call)
        let body = call.launchContainer
        var request = OperatorLaunch(
            id: try Self.id(body.containerID, false),
            command: body.hasCommand ? body.command : nil,
            container: body.hasContainer ? body.container : nil
        )
        request.resources = body.resources
        request.limits = body.limits
        return request
    }

    /// What a new container inherits; nothing at the top.
    private func parent(of request: OperatorLaunch) async throws -> OperatorLaunch.Parent? {
        let id = request.id
        guard let parent = id.parent else { return nil }
        guard let status = try? containerizer.status(of: parent), status.termination == nil else {
            throw Refusal(400, "cannot launch the container \(id): the container around it, \(parent), does not run")
        }
        var facts = OperatorLaunch.Parent(sandbox: status.sandbox, user: status.user, hasImage: status.hasImageRoot)
        guard request.isSession, let setting = try await containerizer.setting(of: parent) else { return facts }
        facts.environment = setting.environment.map { variable in
            let sides = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return EnvironmentVariable(String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
        }
        facts.workingDirectory = setting.workingDirectory
        return facts
    }

    static func require(_ hasBody: Bool, _ call: Mesos_V1_Agent_Call) throws(Refusal) {
        guard hasBody else { throw Refusal(400, "\(call.type.name.lowercased()): missing; it says which container is meant") }
    }

    static func id(_ message: Mesos_V1_ContainerID, _ mustBeNested: Bool) throws(Refusal) -> ContainerID {
        let id: ContainerID
        do {
            id = try ContainerID(validating: message)
        } catch {
            throw Refusal(400, "container_id: \(error)")
        }
        guard !mustBeNested || id.depth > 1 else { throw Refusal(400, "container_id.parent: missing; this call is for nested containers") }
        return id
    }

    static func refusal(_ error: ContainerError, _ id: ContainerID) -> Refusal {
        if case .unknown = error { return Refusal(404, "there is no container \(id), or it has ended") }
        return Refusal(500, "\(id): \(error)")
    }
}

extension ContainerExit {
    fileprivate var response: Mesos_V1_Agent_Response {
        var response = Mesos_V1_Agent_Response()
        response.type = .waitContainer
        response.waitContainer.exitStatus = waitStatus
        if let limitationReason {
            response.waitContainer.state = .taskFailed
            response.waitContainer.reason = limitationReason
            if let resources = limitationMessage { response.waitContainer.limitation = resources }
        }
        if let message { response.waitContainer.message = message }
        return response
    }

    fileprivate var nestedResponse: Mesos_V1_Agent_Response {
        let wait = response.waitContainer
        var response = Mesos_V1_Agent_Response()
        response.type = .waitNestedContainer
        response.waitNestedContainer.exitStatus = wait.exitStatus
        if wait.hasState { response.waitNestedContainer.state = wait.state }
        if wait.hasReason { response.waitNestedContainer.reason = wait.reason }
        if wait.hasLimitation { response.waitNestedContainer.limitation = wait.limitation }
        if wait.hasMessage { response.waitNestedContainer.message = wait.message }
        return response
    }
}
