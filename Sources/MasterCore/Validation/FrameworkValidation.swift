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

/// What a SUBSCRIBE comes to when it is valid.
struct ValidSubscription {
    let id: FrameworkID?
    let roles: [RoleName]
    let suppressed: Set<RoleName>
    let capabilities: FrameworkCapabilities
}

/// The rules on a framework's description (Mesos: `master/validation.cpp`, framework). What breaks one of them is told
/// on the new stream as an ERROR event.
enum FrameworkValidation {
    static func check(_ subscribe: Mesos_V1_Scheduler_Call.Subscribe) throws(Problem) -> ValidSubscription {
        let info = subscribe.frameworkInfo
        let capabilities = FrameworkCapabilities(info.capabilities)
        let roles = try roles(of: info, isMultiRole: capabilities.contains(.multiRole))
        try checkTimeout(info.failoverTimeout)
        try checkUnbuilt(subscribe)
        return ValidSubscription(
            id: try id(of: info),
            roles: roles,
            suppressed: try suppressed(subscribe.suppressedRoles, among: roles),
            capabilities: capabilities
        )
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

    private static func checkUnbuilt(_ subscribe: Mesos_V1_Scheduler_Call.Subscribe) throws(Problem) {
        if !subscribe.offerConstraints.roleConstraints.isEmpty {
            throw Problem("offer_constraints: not built yet in Agora; leave them out and decline what does not fit")
        }
        if !subscribe.frameworkInfo.offerFilters.isEmpty {
            throw Problem("framework_info.offer_filters: not built yet in Agora; leave them out and decline what does not fit")
        }
    }

    /// How many roles one framework may have.
    private static var maximumRoles: Int { 1_000 }
}
