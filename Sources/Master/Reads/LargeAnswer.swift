import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf

/// An answer of the operator API that grows with the cluster: made in pieces, once for all who ask meanwhile.
struct LargeAnswer: LargeMessage {
    typealias Whole = Mesos_V1_Master_Response

    /// The calls that are answered so.
    enum Call: CaseIterable {
        case state, agents, frameworks, executors, tasks

        init?(_ type: Mesos_V1_Master_Call.TypeEnum) {
            guard let call = Self.allCases.first(where: { $0.type == type }) else { return nil }
            self = call
        }

        var type: Mesos_V1_Master_Call.TypeEnum {
            switch self {
            case .state: .getState
            case .agents: .getAgents
            case .frameworks: .getFrameworks
            case .executors: .getExecutors
            case .tasks: .getTasks
            }
        }
    }

    let call: Call
    let state: ClusterState

    func write(to writer: inout some MessageWriter) {
        switch call {
        case .state: write(.getState, "get_state", to: &writer) { state.writeLists(to: &$0) }
        case .agents: write(.getAgents, "get_agents", to: &writer) { state.writeAgents(to: &$0, ClusterUsage(state)) }
        case .frameworks: write(.getFrameworks, "get_frameworks", to: &writer) { state.writeFrameworks(to: &$0, ClusterUsage(state)) }
        case .executors: write(.getExecutors, "get_executors", to: &writer) { state.writeExecutors(to: &$0) }
        case .tasks: write(.getTasks, "get_tasks", to: &writer) { state.writeTasks(to: &$0) }
        }
    }

    private func write<Writer: MessageWriter>(
        _ type: Whole.TypeEnum,
        _ field: String,
        to writer: inout Writer,
        _ content: (inout Writer) -> Void
    ) {
        writer.fields(of: Whole.with { $0.type = type })
        writer.field(field, content)
    }
}
