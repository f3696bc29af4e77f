import Cluster
import FoundationEssentials
import HashTreeCollections
import MesosAPI
import MesosMessages

extension AgentCore {
    private enum Caller {
        case executor(ExecutorRecord)
        /// Its framework is gone.
        case closing(ExecutorKey)
    }

    /// An executor's SUBSCRIBE: its stream opens, unless it is unknown here.
    mutating func subscribe(
        _ stream: StreamID,
        _ call: Mesos_V1_Executor_Call,
        _ claims: ExecutorClaims?,
        _ reply: any ReplyAddress,
        _ turn: inout Turn
    ) {
        do throws(Refusal) {
            let caller = try caller(of: call, claims)
            turn.effects.append(.openStream(stream, reply: reply))
            switch caller {
            case .executor(let executor): attach(stream, to: executor.key, call.subscribe, &turn)
            case .closing(let key): attach(stream, toClosing: key, &turn)
            }
        } catch {
            turn.effects.append(.answer(reply, status: error.status, text: error.message))
        }
    }

    /// Any other call of an executor.
    mutating func carryOut(
        _ call: Mesos_V1_Executor_Call,
        _ claims: ExecutorClaims?,
        _ reply: any ReplyAddress,
        _ turn: inout Turn
    ) {
        do throws(Refusal) {
            if call.type != .heartbeat { try carryOut(call, by: try caller(of: call, claims), &turn) }
            turn.effects.append(.answer(reply, status: 202, text: ""))
        } catch {
            turn.effects.append(.answer(reply, status: error.status, text: error.message))
        }
    }

    private mutating func carryOut(_ call: Mesos_V1_Executor_Call, by caller: Caller, _ turn: inout Turn) throws(Refusal) {
        guard case .executor(let executor) = caller else { return }
        guard executor.session.hasSubscribed else {
            throw Refusal(
                403,
                "executor \"\(executor.key.executor)\" is not subscribed; send SUBSCRIBE first, and what is not acknowledged with it"
            )
        }
        switch call.type {
        case .update: try take(call.update.status, from: executor.key, &turn)
        case .message: pass(call.message.data, from: executor.key, &turn)
        case .subscribe, .heartbeat, .unknown:
            throw Refusal(400, "type: this call opens no stream here; send SUBSCRIBE as a request of its own")
        }
    }

    /// Who calls, if it is known here and its token is its own.
    private func caller(of call: Mesos_V1_Executor_Call, _ claims: ExecutorClaims?) throws(Refusal) -> Caller {
        let key = ExecutorKey(framework: FrameworkID(call.frameworkID.value), executor: ExecutorID(call.executorID.value))
        if let claims, claims.framework != key.framework || claims.executor != key.executor {
            throw Refusal(403, "the token is that of another executor; each executor has its own in MESOS_EXECUTOR_AUTHENTICATION_TOKEN")
        }
        if let executor = executors[key] {
            guard executor.stored.kind == .custom else {
                throw Refusal(400, "executor_id: \"\(key.executor)\" is an executor of the agent's own; it makes no calls")
            }
            try Self.check(claims, executor.stored.container)
            return .executor(executor)
        }
        if let closing = closing[key] {
            try Self.check(claims, closing.container)
            return .closing(key)
        }
        guard frameworks[key.framework] != nil else {
            throw Refusal(400, "framework_id: no framework \"\(key.framework)\" has anything on this agent")
        }
        throw Refusal(400, "executor_id: framework \"\(key.framework)\" has no executor \"\(key.executor)\" on this agent")
    }

    private static func check(_ claims: ExecutorClaims?, _ container: ContainerID) throws(Refusal) {
        guard let claims, claims.container != container else { return }
        throw Refusal(403, "the token is that of another container: an earlier run of this executor")
    }

    // MARK: Messages

    private mutating func pass(_ data: Data, from key: ExecutorKey, _ turn: inout Turn) {
        send(&turn) { call in
            call.type = .message
            call.message.frameworkID.value = key.framework.value
            call.message.executorID.value = key.executor.value
            call.message.data = data
        }
    }

    /// A scheduler's message for its executor; nobody is told if it does not arrive.
    mutating func pass(_ message: Agora_V1_Message, _ turn: inout Turn) {
        guard let key = ExecutorKey(message.frameworkID, message.executorID), let stream = executors[key]?.session.stream else {
            executorCounters.invalidMessages += 1
            return turn.log(.info, "dropped a message for an executor that does not listen", ["executor": message.executorID.value])
        }
        executorCounters.validMessages += 1
        turn.send(.message, to: stream) { $0.message.data = message.data }
    }
}

extension ExecutorKey {
    /// The key of a message; nothing when an id in it is not allowed.
    init?(_ framework: Mesos_V1_FrameworkID, _ executor: Mesos_V1_ExecutorID) {
        guard let framework = try? FrameworkID(validating: framework.value),
            let executor = try? ExecutorID(validating: executor.value)
        else { return nil }
        self.init(framework: framework, executor: executor)
    }
}

extension Turn {
    /// Sends an event to an executor.
    mutating func send(
        _ type: Mesos_V1_Executor_Event.TypeEnum,
        to stream: StreamID,
        _ fill: (inout Mesos_V1_Executor_Event) -> Void = { _ in }
    ) {
        var event = Mesos_V1_Executor_Event()
        event.type = type
        fill(&event)
        effects.append(.sendToExecutor(stream, event))
    }
}
