/// What offer constraints can be about: what an agent says of its machine.
public struct AgentFacts: Hashable, Sendable {
    /// One attribute of a machine.
    public struct Attribute: Hashable, Sendable {
        /// What it is called; several may have one name.
        public let name: String

        /// Its text; nil for one that is a number, ranges or a set.
        public let text: String?

        /// An attribute.
        public init(name: String, text: String?) {
            self.name = name
            self.text = text
        }
    }

    /// What others call the machine.
    public var hostname: String

    /// The region it stands in, if it says so.
    public var region: String?

    /// The part of the region, if it says so.
    public var zone: String?

    /// All else, in the agent's order.
    public var attributes: [Attribute]

    /// Facts of a machine; of one of which nothing is known unless they are given.
    public init(hostname: String = "", region: String? = nil, zone: String? = nil, attributes: [Attribute] = []) {
        self.hostname = hostname
        self.region = region
        self.zone = zone
        self.attributes = attributes
    }
}
