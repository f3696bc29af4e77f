import Allocation
import Cluster
import HashTreeCollections
import MasterCore
import MesosMessages

/// A framework, and why it has no offers.
struct WaitingFramework: Sendable {
    let id: FrameworkID
    let name: String
    let isConnected: Bool

    /// How many offers it holds that it has not answered.
    let offers: Int

    /// When all this was so.
    let moment: Timestamp

    /// How agents stand to each of its roles.
    let reports: [WaitReport]

    /// - Parameter wanted: what it needs of one agent; what it said itself if nil, by a label or by its filters of offers.
    /// - Returns: nil for a framework that is not there.
    init?(_ id: FrameworkID, for wanted: Resources?, in core: MasterCore, at moment: Timestamp) {
        guard let framework = core.state.frameworks[id] else { return nil }
        self.id = id
        self.moment = moment
        name = framework.info.name
        isConnected = framework.stream != nil
        offers = framework.offers.count
        reports = core.allocator.waiting(of: id, for: wanted ?? Self.needs(of: framework.info))
    }

    /// What a label says; nothing if there is none, or it says nothing that can be understood.
    private static func needs(of info: Mesos_V1_FrameworkInfo) -> Resources? {
        let label = info.labels.labels.first { $0.key == ClusterLabels.needs }
        return label.flatMap { try? Resources.parse($0.value) }
    }
}
