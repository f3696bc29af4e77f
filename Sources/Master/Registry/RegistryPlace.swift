/// Where a master keeps what it must not lose (Mesos: `--registry`).
public enum RegistryPlace: Hashable, Sendable {
    /// In memory: a master that starts anew knows nothing, and learns from its agents what runs.
    case inMemory

    /// In a database in this folder, which one master at a time uses; absolute, made if it is missing.
    case folder(String)

    /// The folder, if there is one.
    var folder: String? {
        if case .folder(let path) = self { path } else { nil }
    }
}
