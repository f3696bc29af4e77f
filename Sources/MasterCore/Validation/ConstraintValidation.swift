import Allocation
import Cluster
import MesosMessages

/// The rules on offer constraints (Mesos: `offer_constraints_filter.cpp`), and their form in which agents are judged.
struct ConstraintValidation {
    private let limits: MasterLimits
    private var count = 0

    /// The constraints by role. Those of roles that the framework does not have must be valid and are left out.
    static func check(
        _ message: Mesos_V1_Scheduler_OfferConstraints,
        roles: [RoleName],
        limits: MasterLimits
    ) throws(Problem) -> [RoleName: RoleConstraints] {
        guard !message.roleConstraints.isEmpty else { return [:] }
        var reader = ConstraintValidation(limits: limits)
        var constraints: [RoleName: RoleConstraints] = [:]
        for (name, demands) in message.roleConstraints.sorted(by: { $0.key < $1.key }) {
            let read = try reader.read(demands, of: "offer_constraints.role_constraints['\(name.shortened)']")
            if let role = roles.first(where: { $0.value == name }) { constraints[role] = read }
        }
        return constraints
    }

    private init(limits: MasterLimits) {
        self.limits = limits
    }

    private mutating func read(
        _ demands: Mesos_V1_Scheduler_OfferConstraints.RoleConstraints,
        of field: String
    ) throws(Problem) -> RoleConstraints {
        guard !demands.groups.isEmpty else { throw Problem("\(field).groups: none; leave the role out if every agent suits") }
        var groups: [[OfferConstraint]] = []
        for (index, group) in demands.groups.enumerated() {
            let path = "\(field).groups[\(index)].attribute_constraints"
            guard !group.attributeConstraints.isEmpty else { throw Problem("\(path): none; a group has at least one") }
            var constraints: [OfferConstraint] = []
            for (index, constraint) in group.attributeConstraints.enumerated() {
                constraints.append(try read(constraint, of: "\(path)[\(index)]"))
            }
            groups.append(constraints)
        }
        return RoleConstraints(groups: groups)
    }

    private mutating func read(_ constraint: Mesos_V1_Scheduler_AttributeConstraint, of field: String) throws(Problem) -> OfferConstraint {
        count += 1
        guard count <= limits.offerConstraints else {
            throw Problem("offer_constraints: more than \(limits.offerConstraints) conditions, the master's limit; use fewer")
        }
        return OfferConstraint(
            try subject(of: constraint.selector, "\(field).selector"),
            try predicate(of: constraint.predicate, "\(field).predicate")
        )
    }

    private func subject(
        of selector: Mesos_V1_Scheduler_AttributeConstraint.Selector,
        _ field: String
    ) throws(Problem) -> OfferConstraint.Subject {
        switch selector.selector {
        case .attributeName(let name): return .attribute(name)
        case .pseudoattributeType(.hostname): return .hostname
        case .pseudoattributeType(.region): return .region
        case .pseudoattributeType(.zone): return .zone
        case .pseudoattributeType(.unknown):
            throw Problem("\(field).pseudoattribute_type: unknown; use HOSTNAME, REGION or ZONE")
        case nil: throw Problem("\(field): neither attribute_name nor pseudoattribute_type; set one")
        }
    }

    private func predicate(
        of predicate: Mesos_V1_Scheduler_AttributeConstraint.Predicate,
        _ field: String
    ) throws(Problem) -> OfferConstraint.Predicate {
        switch predicate.predicate {
        case .exists: return .exists
        case .notExists: return .notExists
        case .textEquals(let text): return .equals(text.value)
        case .textNotEquals(let text): return .notEquals(text.value)
        case .textMatches(let text): return .matches(try expression(text.regex, "\(field).text_matches.regex"))
        case .textNotMatches(let text): return .notMatches(try expression(text.regex, "\(field).text_not_matches.regex"))
        case nil: throw Problem("\(field): missing or unknown; use one such as exists or text_equals")
        }
    }

    private func expression(_ pattern: String, _ field: String) throws(Problem) -> RegularExpression {
        do throws(RegularExpressionError) {
            return try RegularExpression(pattern, limits: limits.regularExpressions)
        } catch {
            throw Problem("\(field): '\(pattern.prefix(64))' cannot be used: \(error.reason); use a simpler expression of RE2's syntax")
        }
    }
}
