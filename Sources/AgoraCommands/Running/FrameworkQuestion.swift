/// What a master is asked when a pod waits.
struct FrameworkQuestion: Hashable {
    /// The framework's id.
    let framework: String

    /// What one machine must have, as `cpus:4; mem:512`.
    let wanted: String
}
