import MesosMessages
import NIOCore
import SwiftProtobuf

extension AgentClient {
    typealias Container = Mesos_V1_Agent_Response.GetContainers.Container

    /// What the agent runs now, and what each container uses.
    func containers(nested: Bool, within patience: TimeAmount) async throws(ClientError) -> [Container] {
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
