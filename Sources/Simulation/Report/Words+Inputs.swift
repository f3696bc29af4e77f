import AgentCore
import MasterCore
import MesosAPI
import MesosMessages

extension Words {
    static func of(_ input: MasterInput) -> String {
        switch input {
        case .schedulerSubscribe(let stream, let call): "SUBSCRIBE of \(call.subscribe.frameworkInfo.name) on \(stream.token)"
        case .schedulerCall(let call, _, _): "\(call.frameworkID.value) \(of(call))"
        case .schedulerStreamClosed(let stream): "scheduler's stream-\(stream.number) closed"
        case .agentSubscribe(let stream, let call): "\(call.subscribe.agent.hostname) \(of(call)) on \(stream.token)"
        case .agentCall(let call, _, _): "\(call.agentID.value) \(of(call))"
        case .operatorCall(let call, _): "operator's \(call.type)"
        case .agentStreamClosed(let stream): "agent's stream-\(stream.number) closed"
        case .operatorSubscribe(let streams): "\(streams.count) operators subscribe"
        case .operatorStreamClosed(let stream): "operator's stream-\(stream.number) closed"
        case .tick: "tick"
        }
    }

    static func of(_ input: AgentInput) -> String {
        switch input {
        case .start: "start"
        case .event(_, let event): of(event)
        case .linkLost(let connection, let reason): "connection \(connection) lost: \(reason)"
        case .containerLaunched(let id, _, _): "container \(id) runs"
        case .containerLaunchFailed(let id, let message): "container \(id) failed to launch: \(message)"
        case .containerEnded(let id, let exit): "container \(id) \(exit.words)"
        case .executorSubscribe(let stream, _, _, _): "executor's SUBSCRIBE on stream-\(stream.number)"
        case .executorCall(let call, _, _): "executor's \(call.type)"
        case .executorStreamClosed(let stream): "executor's stream-\(stream.number) closed"
        case .probed(_, let result): "probed: \(result)"
        case .cleanUp: "clean up"
        case .stop: "stop"
        case .tick: "tick"
        }
    }
}
