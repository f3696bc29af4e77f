/// The version of this program, as "0.1.0".
public enum AgoraVersion {
    /// Raised with every release, by the rules of semantic versioning.
    public static let current = "0.1.0"
}
