import Allocation
import Cluster
import MesosMessages

/// Why something is invalid, as one sentence for the scheduler.
package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What a SUBSCRIBE or an UPDATE_FRAMEWORK comes to when it is valid.
struct ValidSubscription {
    let id: FrameworkID?
    let roles: [RoleName]
    let suppressed: Set<RoleName>
    let capabilities: FrameworkCapabilities
    var terms = OfferTerms()
    var offerConstraints = Mesos_V1_Scheduler_OfferConstraints()
}

/// The rules on a framework's description (Mesos: `master/validation.cpp`, framework). What breaks one of them is told
/// on the new stream as an ERROR event; an UPDATE_FRAMEWORK is answered 400.
enum FrameworkValidation {
    static func check(
        _ info: Mesos_V1_FrameworkInfo,
        suppressed names: [String],
        constraints: Mesos_V1_Scheduler_OfferConstraints,
        limits: MasterLimits
    ) throws(Problem) -> ValidSubscription {
        let capabilities = FrameworkCapabilities(info.capabilities)
        let roles = try roles(of: info, isMultiRole: capabilities.contains(.multiRole))
        try checkTimeout(info.failoverTimeout)
        let terms = OfferTerms(
            constraints: try ConstraintValidation.check(constraints, roles: roles, limits: limits),
            minimums: try OfferFilterValidation.check(info.offerFilters, roles: roles)
        )
        return ValidSubscription(
            id: try id(of: info),
            roles: roles,
            suppressed: try suppressed(names, among: roles),
            capabilities: capabilities,
            terms: terms,
            offerConstraints: constraints
        )
    }

    /// The rules on a change of a description by UPDATE_FRAMEWORK.
    static func checkUpdate(of old: Mesos_V1_FrameworkInfo, to new: Mesos_V1_FrameworkInfo) throws(Problem) {
        try checkPrincipal(of: old, in: new)
        guard new.user == old.user else {
            throw Problem("framework_info.user: cannot change from '\(old.user)' to '\(new.user.shortened)'; leave it as it was")
        }
        guard new.checkpoint == old.checkpoint else {
            throw Problem("framework_info.checkpoint: cannot change from \(old.checkpoint) to \(new.checkpoint); leave it as it was")
        }
    }

    /// Whom a framework belongs to never changes. The former principal is not told: who asks may be a stranger.
    static func checkPrincipal(of old: Mesos_V1_FrameworkInfo, in new: Mesos_V1_FrameworkInfo) throws(Problem) {
        guard new.hasPrincipal == old.hasPrincipal, new.principal == old.principal else {
            throw Problem("framework_info.principal: is not the one that this framework has; subscribe as that, or as a new framework")
        }
    }

    private static func id(of info: Mesos_V1_FrameworkInfo) throws(Problem) -> FrameworkID? {
        guard info.hasID, !info.id.value.isEmpty else { return nil }
        do { return try FrameworkID(validating: info.id.value) } catch { throw Problem("framework_info.id: \(error)") }
    }

    private static func roles(of info: Mesos_V1_FrameworkInfo, isMultiRole: Bool) throws(Problem) -> [RoleName] {
        if isMultiRole, info.hasRole {
            throw Problem("framework_info.role: must not be set together with the capability MULTI_ROLE; use roles")
        }
        if !isMultiRole, !info.roles.isEmpty {
            throw Problem("framework_info.roles: needs the capability MULTI_ROLE; add it, or use role")
        }
        let names = isMultiRole ? info.roles : [info.role]
        var roles: [RoleName] = []
        for name in names {
            let role: RoleName
            do { role = try RoleName(validating: name) } catch { throw Problem("framework_info.roles: \(error)") }
            guard !roles.contains(role) else { throw Problem("framework_info.roles: '\(name)' is there twice; name each role once") }
            guard roles.count < maximumRoles else {
                throw Problem("framework_info.roles: more than \(maximumRoles) roles; subscribe with fewer")
            }
            roles.append(role)
        }
        return roles
    }

    private static func suppressed(_ names: [String], among roles: [RoleName]) throws(Problem) -> Set<RoleName> {
        var suppressed: Set<RoleName> = []
        for name in names {
            guard let role = roles.first(where: { $0.value == name }) else {
                throw Problem("suppressed_roles: '\(name.prefix(64))' is none of the framework's roles; suppress only those")
            }
            suppressed.insert(role)
        }
        return suppressed
    }

    private static func checkTimeout(_ seconds: Double) throws(Problem) {
        guard seconds >= 0, seconds.isFinite else {
            throw Problem("framework_info.failover_timeout: \(seconds) is no time to wait; give seconds, 0 or more")
        }
    }

    /// How many roles one framework may have.
    private static var maximumRoles: Int { 1_000 }
}
