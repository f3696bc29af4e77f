public import Cluster

/// Resources that from now on are a framework's to use, until it gives them back.
public struct Grant: Hashable, Sendable {
    /// Who may use them.
    public let framework: FrameworkID
    /// In which of its roles.
    public let role: RoleName
    /// Where they are.
    public let agent: AgentID
    /// What they are, marked as allocated to ``role``.
    public let resources: Resources
}
