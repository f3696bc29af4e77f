import MesosMessages
import NIOCore
import SwiftProtobuf

extension AgentClient {
    typealias Container = Mesos_V1_Agent_Response.GetContainers.Container

    /// What the agent runs now, those of operators too, and what each container uses.
    ///
    /// - Parameters:
    ///   - nested: whether those inside others, too.
    ///   - patience: how long it may take to answer.
    func containers(nested: Bool = true, within patience: TimeAmount = Connection.callTimeout) async throws(ClientError) -> [Container] {
        let call = Mesos_V1_Agent_Call.with {
            $0.type = .getContainers
            $0.getContainers.showNested = nested
            $0.getContainers.showStandalone = true
        }
        return try await connection.call(
            call,
            to: .agent(agent),
            operation: "list the containers",
            answer: Mesos_V1_Agent_Response.self,
            deadline: .now() + patience
        ).getContainers.containers
    }
}
