import MesosAPI
import MesosMessages

/// What the master is, for `/version`, `GET_VERSION` and `/state`.
///
/// `version` is the Mesos version whose API is spoken, since clients choose by it what they send.
struct BuildInfo: Sendable {
    let mesosVersion: String
    let agoraVersion: String

    /// The fields of `/version`; what is not known of the build is empty.
    func write(to writer: inout JSONWriter) {
        writer.field("version", mesosVersion)
        writer.field("agora_version", agoraVersion)
        writer.field("build_date", "")
        writer.field("build_time", 0.0)
        writer.field("build_user", "")
        writer.field("git_branch", "")
        writer.field("git_sha", "")
    }

    /// The same for the operator API.
    var message: Mesos_V1_VersionInfo {
        var message = Mesos_V1_VersionInfo()
        message.version = mesosVersion
        return message
    }
}
