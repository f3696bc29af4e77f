public import Cluster
import MesosAPI
public import MesosMessages
import SwiftProtobuf

/// A framework on an agent: for whom a request to leave is, and what it is about.
package struct InverseOfferKey: Hashable, Comparable, Sendable {
    package let agent: AgentID
    package let framework: FrameworkID

    package static func < (left: InverseOfferKey, right: InverseOfferKey) -> Bool {
        (left.agent, left.framework) < (right.agent, right.framework)
    }
}

/// A request to a framework to leave an agent, whose machine is not there at some time. It takes nothing away.
public struct InverseOfferEntry: Sendable {
    /// Its name.
    public let id: OfferID

    /// Who is asked.
    public let framework: FrameworkID

    /// Which agent is to be left.
    public let agent: AgentID

    /// Where the agent is reached.
    let url: Mesos_V1_URL

    /// When its machine is not there.
    public let unavailability: Mesos_V1_Unavailability

    /// The request as it goes over the wire.
    public var message: Mesos_V1_InverseOffer {
        .with { message in
            message.id = id.message
            message.url = url
            message.frameworkID = framework.message
            message.agentID = agent.message
            message.unavailability = unavailability
        }
    }
}
