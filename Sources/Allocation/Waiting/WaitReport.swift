public import Cluster

/// How the agents of a cluster stand to a framework that waits for offers in a role.
public struct WaitReport: Sendable {
    /// How many agents have one hindrance.
    public struct Count: Sendable {
        /// What keeps them from being offered.
        public let hindrance: Hindrance

        /// How many they are; an agent may lack several resources, and counts for each.
        public internal(set) var agents = 0

        /// The most that one of them has of the resource that all lack, in all or free; nil for what has no amount.
        public internal(set) var most: Scalar?

        /// When the first of them may be offered again; nil unless they were declined.
        public internal(set) var until: Timestamp?
    }

    /// The role.
    public let role: RoleName

    /// Whether the framework said that it wants no offers in this role.
    public let isSuppressed: Bool

    /// What is wanted of one agent: any of these, complete. Any offer will do if there are none.
    public let wanted: [Resources]

    /// How many agents there are.
    public internal(set) var agents = 0

    /// How many have what is wanted and may be offered: by the next round, if it is the framework's turn.
    public internal(set) var suitable = 0

    /// What keeps the others away: those that wait longest for a change first.
    public internal(set) var counts: [Count] = []
}
