import Cluster
import MesosAPI
import MesosMessages

/// Answers to requests to leave an agent. The master makes none yet, so every id is one of an offer that is over.
extension MasterCore {
    mutating func acceptInverseOffers(_ ids: [Mesos_V1_OfferID], from id: FrameworkID) {
        passOver(ids, from: id, "inverse offers are not accepted: they are not valid any more")
    }

    mutating func declineInverseOffers(_ ids: [Mesos_V1_OfferID], from id: FrameworkID) {
        passOver(ids, from: id, "inverse offers are not declined: they are not valid any more")
    }

    private mutating func passOver(_ ids: [Mesos_V1_OfferID], from id: FrameworkID, _ message: String) {
        log(.warning, message, ["framework": id.value, "count": "\(ids.count)", "first": ids.first?.value.shortened ?? ""])
    }
}
