import MesosMessages
import SwiftProtobuf

extension NodeSelector {
    /// The same as constraints on offers, so that the master offers no other machines, and can say how many there are.
    func constraints(role: String) -> Mesos_V1_Scheduler_OfferConstraints? {
        guard !attributes.isEmpty else { return nil }
        let conditions = attributes.sorted { $0.key < $1.key }.map { name, value in
            Mesos_V1_Scheduler_AttributeConstraint.with {
                if Self.hostnameNames.contains(name) {
                    $0.selector.pseudoattributeType = .hostname
                } else {
                    $0.selector.attributeName = name
                }
                $0.predicate.textEquals.value = value
            }
        }
        return .with { $0.roleConstraints[role] = .with { $0.groups = [.with { $0.attributeConstraints = conditions }] } }
    }
}
