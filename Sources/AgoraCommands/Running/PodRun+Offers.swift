import Cluster
import MesosAPI
import MesosMessages
import SwiftProtobuf

extension PodRun {
    /// Time for which an offer that does not suffice is not to come again unless it has grown, in seconds.
    private static let shortRefusal = 1.0
    /// The same for offers that are of no use at all: the longest that a master takes.
    private static let longRefusal = 31_536_000.0
    /// How often it is told what the pod waits for; others who wait make offers come and go.
    private static let mostToldWaits = 20

    mutating func offered(_ offers: [Mesos_V1_Offer]) -> [Effect] {
        guard case .waiting = phase else { return [.send(decline(offers, for: Self.longRefusal))] }
        var unsuitable: [Mesos_V1_Offer] = []
        var effects: [Effect] = []
        for offer in offers {
            if case .waiting = phase, let share = share(of: offer) {
                effects += accept(offer, share)
            } else {
                unsuitable.append(offer)
            }
        }
        if case .waiting = phase { effects += noteWaiting(seen: unsuitable) }
        if !unsuitable.isEmpty { effects.append(.send(decline(unsuitable, for: Self.shortRefusal))) }
        return effects
    }

    /// What the pod would get of an offer; nothing if the offer does not suffice or is of the wrong machine.
    private func share(of offer: Mesos_V1_Offer) -> Demand.Share? {
        guard launch.selector.accepts(offer), let offered = try? Resources(offer.resources) else { return nil }
        return (try? launch.demand.share(of: offered)).flatMap { $0 }
    }

    private func decline(_ offers: [Mesos_V1_Offer], for seconds: Double) -> Mesos_V1_Scheduler_Call {
        call(.decline) {
            $0.decline.offerIds = offers.map(\.id)
            $0.decline.filters.refuseSeconds = seconds
        }
    }

    private mutating func accept(_ offer: Mesos_V1_Offer, _ share: Demand.Share) -> [Effect] {
        attempts += 1
        let operation = operation(for: offer, share)
        let isGroup = operation.type == .launchGroup
        let infos = isGroup ? operation.launchGroup.taskGroup.tasks : operation.launch.taskInfos
        tasks = Dictionary(infos.map { (TaskID($0.taskID.value), Task(name: $0.name)) }) { first, _ in first }
        firstFailure = nil
        phase = .launched(
            Placement(
                agentID: offer.agentID,
                hostname: offer.hostname,
                agent: Endpoint(of: offer),
                executorID: isGroup ? operation.launchGroup.executor.executorID.value : infos.first?.taskID.value ?? ""
            )
        )
        let accept = call(.accept) {
            $0.accept.offerIds = [offer.id]
            $0.accept.operations = [operation]
            $0.accept.filters.refuseSeconds = 0
        }
        return [.send(accept), .send(call(.suppress))]
    }

    /// LAUNCH_GROUP for a pod, LAUNCH for a single task.
    private func operation(for offer: Mesos_V1_Offer, _ share: Demand.Share) -> Mesos_V1_Offer.Operation {
        var identified = launch.identified(by: makeSuffix())
        for (index, resources) in zip(identified.tasks.indices, share.tasks) {
            identified.tasks[index].agentID = offer.agentID
            identified.tasks[index].resources = resources
        }
        return .with { operation in
            guard var executor = identified.executor else {
                operation.type = .launch
                operation.launch.taskInfos = identified.tasks
                return
            }
            if let frameworkID { executor.frameworkID = frameworkID }
            executor.resources = share.executor
            operation.type = .launchGroup
            operation.launchGroup.executor = executor
            operation.launchGroup.taskGroup.tasks = identified.tasks
        }
    }

    /// What the pod waits for, and what came instead.
    ///
    /// - Parameter seen: offers that did not suffice; nothing if none came.
    mutating func noteWaiting(seen: [Mesos_V1_Offer]?) -> [Effect] {
        guard case .waiting = phase else { return [] }
        if let seen, seen.isEmpty { return [] }
        if seen == nil && !toldWaits.isEmpty { return [] }
        let wanted = (try? launch.demand.total())?.description.replacing("; ", with: ";") ?? "its resources"
        let selector = launch.selector.attributes.sorted { $0.key < $1.key }.map { " on \($0.key)=\($0.value)" }.joined()
        let text = "waiting for an offer with \(wanted)\(selector) (seen: \(seen.map(Self.summary) ?? "none yet"))"
        guard toldWaits.count < Self.mostToldWaits, toldWaits.insert(text).inserted else { return [] }
        return [.note(text)]
    }

    /// Has the master say what it is that no machine has.
    func explanation() -> [Effect] {
        guard case .waiting = phase, let frameworkID, let wanted = try? launch.demand.total() else { return [] }
        return [.explain(FrameworkQuestion(framework: frameworkID.value, wanted: wanted.description))]
    }

    /// Offers in one line; the first three, since there may be thousands.
    private static func summary(_ offers: [Mesos_V1_Offer]) -> String {
        let texts = offers.sorted { $0.hostname < $1.hostname }.prefix(3).map { offer in
            let resources = (try? Resources(offer.resources))?.unallocated().filter { $0.name != "ports" }
            return "\(resources?.description.replacing("; ", with: ";") ?? "?") on \(offer.hostname)"
        }
        return texts.joined(separator: ", ") + (offers.count > 3 ? " and \(offers.count - 3) more" : "")
    }
}
