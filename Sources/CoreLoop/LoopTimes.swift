/// How long one batch of a core's loop took.
public struct LoopTimes: Sendable {
    /// How long the oldest of its inputs had waited; nothing if there were none.
    public let wait: Duration?

    /// How long the core worked on what was due; nothing if nothing was.
    public let tick: Duration?

    /// How long the batch took altogether, its effects handed over.
    public let batch: Duration
}
