import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI

/// How much of a cluster there was and how much of it was held at one moment.
struct UsageSample: Sendable {
    /// Seconds since 1970, to the millisecond: so everybody reads the same number, who asks for what came after it too.
    let time: Double
    let agents: Int
    let frameworks: Int
    /// Tasks that had not ended.
    let tasks: Int
    /// Amounts by name, as resources count them: processors, and memory and disk in MiB.
    let total: [(name: String, amount: Double)]
    let held: [(name: String, amount: Double)]

    /// Counts what a state says.
    init(_ state: ClusterState, at moment: Timestamp) {
        time = (moment.seconds * 1000).rounded() / 1000
        agents = state.agents.count
        frameworks = state.frameworks.count
        tasks = state.frameworks.values.reduce(0) { $0 + $1.tasks.values.count(where: \.isActive) }
        total = Self.amounts(state.agents.values.lazy.map(\.total))
        held = Self.amounts(ClusterUsage(state).allocatedByAgent.values)
    }

    private static func amounts(_ resources: some Sequence<Resources>) -> [(name: String, amount: Double)] {
        var sums: [String: Scalar] = [:]
        for each in resources { each.forEachScalar { sums[$0, default: .zero] += $1 } }
        return sums.sorted { $0.key < $1.key }.prefix(mostNames).map { ($0.key, $0.value.value) }
    }

    /// Agents name their resources as they like.
    private static let mostNames = 32

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("time", time)
            writer.field("agents", agents)
            writer.field("frameworks", frameworks)
            writer.field("tasks", tasks)
            writer.object("total") { for (name, amount) in total { $0.field(name, amount) } }
            writer.object("used") { for (name, amount) in held { $0.field(name, amount) } }
        }
    }
}
