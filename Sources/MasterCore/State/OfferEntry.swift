public import Cluster
import MesosAPI
public import MesosMessages

/// Resources of one agent that are shown to one framework for one of its roles.
///
/// An offer is a claim that is checked when it is accepted; nothing else relies on it as a lock.
public struct OfferEntry: Sendable {
    /// The offer's name.
    public let id: OfferID

    /// To whom it is made.
    public let framework: FrameworkID

    /// Whose resources these are.
    public let agent: AgentID

    /// For which role of the framework.
    public let role: RoleName

    /// What is offered, allocated to the role.
    public let resources: Resources

    /// The framework's executors on that agent.
    let executors: [ExecutorID]

    /// What every offer of the agent says alike: host name, address, attributes, domain.
    let template: Mesos_V1_Offer

    /// The offer as it goes over the wire.
    public var message: Mesos_V1_Offer {
        var offer = template
        offer.id = id.message
        offer.frameworkID = framework.message
        offer.resources = resources.messages
        offer.executorIds = executors.map(\.message)
        offer.allocationInfo.role = role.value
        return offer
    }
}
