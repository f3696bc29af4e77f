import Cluster
import MesosAPI
public import MesosMessages

/// What an agent may change of itself when it starts again with the same work directory (Mesos:
/// `--reconfiguration_policy`). Its port and addresses may always change: the agent dials, and says where it is.
public enum ReconfigurationPolicy: String, Hashable, Sendable, CaseIterable {
    /// Nothing.
    case equal
    /// It may have more resources and attributes than before, and a domain if it had none; never less or others.
    case additive

    /// What was changed that may not be, one sentence for each; empty if the agent may go on.
    public func differences(from former: Mesos_V1_AgentInfo, to current: Mesos_V1_AgentInfo) -> [String] {
        var differences: [String] = []
        if former.hostname != current.hostname {
            differences.append("hostname was \(former.hostname), is \(current.hostname)")
        }
        if former.hasDomain ? former.domain != current.domain : (self == .equal && current.hasDomain) {
            differences.append("domain was \(former.hasDomain ? "another" : "not set")")
        }
        differences += resourceDifferences(former.resources, current.resources)
        differences += attributeDifferences(former.attributes, current.attributes)
        return differences
    }

    private func resourceDifferences(_ former: [Mesos_V1_Resource], _ current: [Mesos_V1_Resource]) -> [String] {
        guard let old = try? Resources(former), let new = try? Resources(current) else { return former == current ? [] : ["resources"] }
        let isAllowed = self == .equal ? old == new : new.contains(old)
        return isAllowed ? [] : ["resources were \(old), are \(new)"]
    }

    private func attributeDifferences(_ former: [Mesos_V1_Attribute], _ current: [Mesos_V1_Attribute]) -> [String] {
        let (old, new) = (Self.texts(former), Self.texts(current))
        let isAllowed = self == .equal ? old == new : Set(new).isSuperset(of: old)
        return isAllowed ? [] : ["attributes were \(Self.list(old)), are \(Self.list(new))"]
    }

    private static func texts(_ attributes: [Mesos_V1_Attribute]) -> [String] {
        attributes.map { "\($0.name):\($0.valueText)" }.sorted()
    }

    private static func list(_ texts: [String]) -> String {
        texts.isEmpty ? "none" : texts.joined(separator: ";")
    }
}
