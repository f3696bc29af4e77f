/// What `agora top` shows: the machines and their containers, as they were found.
struct TopCluster: Encodable, Hashable, Sendable {
    var nodes: [TopNode] = []
    var containers: [TopContainer] = []
    /// How many agents are asked in one round.
    var asked = 0
    /// How many could be asked.
    var askable = 0

    /// Why some figures are older than others, or are missing; nothing if all are there.
    var hint: String? {
        guard asked < askable else { return nil }
        return "\(asked) of \(askable) machines are asked at a time; --agents-at-a-time changes that, --node picks some"
    }
}
