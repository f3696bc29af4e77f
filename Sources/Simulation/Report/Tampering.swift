package import AgentCore
package import MasterCore

/// Hands between the cores and the world that change what was decided: a checker that does not notice them is none.
package struct Tampering: Sendable {
    /// Changes the effects of a batch of the master, or its state.
    package var master: @Sendable (inout [MasterEffect], inout MasterCore) -> Void = { _, _ in }
    /// Changes the effects of a batch of an agent.
    package var agent: @Sendable (inout [AgentEffect]) -> Void = { _ in }
}
