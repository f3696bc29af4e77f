/// `securityContext` of a pod or of a container: as whom programs run, and what they are kept from.
struct PodSecurity {
    enum Level {
        case pod
        case container
    }

    private var userID: Int64?
    private var groupID: Int64?
    private let level: Level
    /// Nothing: not said; the inner nothing: the agent's default.
    private var seccomp: TaskConfinement.Seccomp??
    private var readOnlyRoot: ManifestValue?
    private var capabilities: ManifestValue?
    private var mustNotBeRoot: ManifestValue?

    init(_ value: ManifestValue?, of level: Level) throws(PodFileError) {
        self.level = level
        guard let value else { return }
        var fields = try ManifestFields(value)
        // The highest id that Linux has; one more means "none".
        userID = try fields.take("runAsUser")?.integer(in: 0...4_294_967_294)
        groupID = try fields.take("runAsGroup")?.integer(in: 0...4_294_967_294)
        if let value = fields.take("runAsNonRoot"), try value.truth() { mustNotBeRoot = value }
        try readConfinement(&fields)
        try fields.finish(unsupported: level == .pod ? Self.unsupportedOfPod : Self.unsupportedOfContainer)
    }

    /// The user of a container's command, as "uid:gid"; nothing if neither level says.
    func user(over pod: PodSecurity) throws(PodFileError) -> String? {
        let user = userID ?? pod.userID
        let group = groupID ?? pod.groupID
        if let rule = mustNotBeRoot ?? pod.mustNotBeRoot, user ?? 0 == 0 {
            throw rule.error("needs a runAsUser other than 0 beside it: what user an image names is only known where it runs")
        }
        guard let group else { return user.map { "\($0)" } }
        guard let user else { throw PodFileError("securityContext", "runAsGroup needs runAsUser beside it") }
        return "\(user):\(group)"
    }

    /// What a container's programs are kept from, whichever level says so.
    func confinement(over pod: PodSecurity, hasImage: Bool) throws(PodFileError) -> TaskConfinement {
        var confinement = TaskConfinement()
        if let readOnlyRoot, try readOnlyRoot.truth() {
            guard hasImage else { throw readOnlyRoot.error("is for containers with an image") }
            confinement.hasReadOnlyRoot = true
        }
        if let capabilities { try Self.read(capabilities, into: &confinement, hasImage: hasImage) }
        confinement.seccomp = seccomp ?? pod.seccomp ?? nil
        return confinement
    }

    private mutating func readConfinement(_ fields: inout ManifestFields) throws(PodFileError) {
        if let profile = fields.take("seccompProfile") { seccomp = try Self.seccomp(profile) }
        guard level == .container else { return }
        readOnlyRoot = fields.take("readOnlyRootFilesystem")
        capabilities = fields.take("capabilities")
        if let escalation = fields.take("allowPrivilegeEscalation"), try escalation.truth() {
            throw escalation.error("programs in images can never gain privileges: leave the field out, or write false")
        }
        if let privileged = fields.take("privileged"), try privileged.truth() {
            throw privileged.error("privileged containers are not supported: add the capabilities that are needed, or leave the image out")
        }
        if let mount = fields.take("procMount"), try mount.text() != "Default" {
            throw mount.error("only Default is supported")
        }
    }

    private static func read(
        _ capabilities: ManifestValue,
        into confinement: inout TaskConfinement,
        hasImage: Bool
    ) throws(PodFileError) {
        var fields = try ManifestFields(capabilities)
        let added = try fields.take("add")?.texts() ?? []
        let dropped = try fields.take("drop")?.texts() ?? []
        try fields.finish(unsupported: [:])
        try confinement.chooseCapabilities(adding: added, dropping: dropped, hasImage: hasImage, at: capabilities.path)
    }

    /// Some(nil): the agent's default.
    private static func seccomp(_ value: ManifestValue) throws(PodFileError) -> TaskConfinement.Seccomp? {
        var fields = try ManifestFields(value)
        let type = try fields.require("type")
        let profile = fields.take("localhostProfile")
        try fields.finish(unsupported: [:])
        switch try type.text() {
        case "RuntimeDefault":
            if let profile { throw profile.error("is only for the type Localhost") }
            return nil
        case "Unconfined":
            if let profile { throw profile.error("is only for the type Localhost") }
            return .unconfined
        case "Localhost":
            guard let profile else { throw type.error("Localhost needs localhostProfile beside it") }
            let name = try profile.nonEmptyText()
            guard !name.contains("/") else {
                throw profile.error("must be the name of a file in the agents' --seccomp-config-dir, without a path")
            }
            return .named(name)
        default: throw type.error("must be RuntimeDefault, Localhost or Unconfined")
        }
    }

    private static let unsupportedOfPod = [
        "appArmorProfile": "AppArmor profiles are", "fsGroup": "volume owners are", "fsGroupChangePolicy": "volume owners are",
        "seLinuxChangePolicy": "SELinux is", "seLinuxOptions": "SELinux is", "supplementalGroups": "more groups are",
        "supplementalGroupsPolicy": "more groups are",
        "sysctls": "kernel settings are", "windowsOptions": "Windows is",
    ]
    private static let unsupportedOfContainer = [
        "appArmorProfile": "AppArmor profiles are", "seLinuxOptions": "SELinux is", "windowsOptions": "Windows is",
    ]
}
