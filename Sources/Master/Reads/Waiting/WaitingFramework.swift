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

    /// - Parameter wanted: what it needs of one agent; what it said itself if nil.
    /// - Returns: nil for a framework that is not there.
    init?(_ id: FrameworkID, for wanted: Resources?, in core: MasterCore, at moment: Timestamp) {
        guard let framework = core.state.frameworks[id] else { return nil }
        self.id = id
        self.moment = moment
        name = framework.info.name
        isConnected = framework.stream != nil
        offers = framework.offers.count
        reports = core.allocator.waiting(of: id, for: wanted)
    }
}
