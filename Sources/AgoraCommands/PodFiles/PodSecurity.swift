/// `securityContext` of a pod or of a container: as whom programs run.
struct PodSecurity {
    enum Level {
        case pod
        case container
    }

    private var userID: Int64?
    private var groupID: Int64?

    init(_ value: ManifestValue?, of level: Level) throws(PodFileError) {
        guard let value else { return }
        var fields = try ManifestFields(value)
        // The highest id that Linux has; one more means "none".
        userID = try fields.take("runAsUser")?.integer(in: 0...4_294_967_294)
        groupID = try fields.take("runAsGroup")?.integer(in: 0...4_294_967_294)
        try fields.finish(unsupported: level == .pod ? Self.unsupportedOfPod : Self.unsupportedOfContainer)
    }

    /// The user of a container's command, as "uid:gid"; nothing if neither level says.
    func user(over pod: PodSecurity) throws(PodFileError) -> String? {
        let user = userID ?? pod.userID
        let group = groupID ?? pod.groupID
        guard let group else { return user.map { "\($0)" } }
        guard let user else { throw PodFileError("securityContext", "runAsGroup needs runAsUser beside it") }
        return "\(user):\(group)"
    }

    private static let unsupportedOfPod = [
        "appArmorProfile": "AppArmor profiles are", "fsGroup": "volume owners are", "fsGroupChangePolicy": "volume owners are",
        "runAsNonRoot": "checks of the user are", "seLinuxChangePolicy": "SELinux is", "seLinuxOptions": "SELinux is",
        "seccompProfile": "seccomp profiles are", "supplementalGroups": "more groups are", "supplementalGroupsPolicy": "more groups are",
        "sysctls": "kernel settings are", "windowsOptions": "Windows is",
    ]
    private static let unsupportedOfContainer = [
        "allowPrivilegeEscalation": "privilege escalation is", "appArmorProfile": "AppArmor profiles are",
        "capabilities": "capabilities are",
        "privileged": "privileged containers are", "procMount": "a choice of /proc is", "readOnlyRootFilesystem": "read-only roots are",
        "runAsNonRoot": "checks of the user are", "seLinuxOptions": "SELinux is", "seccompProfile": "seccomp profiles are",
        "windowsOptions": "Windows is",
    ]
}
