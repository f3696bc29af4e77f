/// A condition on agents that a framework puts to its offers (Mesos: `AttributeConstraint`).
public struct OfferConstraint: Sendable {
    /// What of an agent is looked at.
    public enum Subject: Hashable, Sendable {
        /// The first attribute of this name.
        case attribute(String)
        /// The host name.
        case hostname
        /// The region of its fault domain.
        case region
        /// The zone of its fault domain.
        case zone
    }

    /// What must hold of it. The predicates on text also hold for an attribute that is not text: whether that suits
    /// is left to the framework.
    public enum Predicate: Sendable {
        /// It is there.
        case exists
        /// It is not there.
        case notExists
        /// It is there and this text.
        case equals(String)
        /// It is not there or another text.
        case notEquals(String)
        /// It is there and matches as a whole.
        case matches(RegularExpression)
        /// It is not there or does not match.
        case notMatches(RegularExpression)
    }

    /// What is looked at.
    public let subject: Subject

    /// What must hold.
    public let predicate: Predicate

    /// A condition.
    public init(_ subject: Subject, _ predicate: Predicate) {
        self.subject = subject
        self.predicate = predicate
    }

    /// Whether the condition holds for an agent.
    func holds(for agent: AgentFacts) -> Bool {
        switch subject {
        case .attribute(let name):
            guard let attribute = agent.attributes.first(where: { $0.name == name }) else { return predicate.holds(for: .missing) }
            return predicate.holds(for: attribute.text.map(Finding.text) ?? .other)
        case .hostname: return predicate.holds(for: .text(agent.hostname))
        case .region: return predicate.holds(for: agent.region.map(Finding.text) ?? .missing)
        case .zone: return predicate.holds(for: agent.zone.map(Finding.text) ?? .missing)
        }
    }

    /// What an agent has to say about a subject.
    fileprivate enum Finding {
        case missing
        case text(String)
        case other
    }
}

extension OfferConstraint.Predicate {
    fileprivate func holds(for finding: OfferConstraint.Finding) -> Bool {
        switch (self, finding) {
        case (.exists, .missing), (.equals, .missing), (.matches, .missing): false
        case (.notExists, .missing), (.notEquals, .missing), (.notMatches, .missing): true
        case (.notExists, _): false
        case (.exists, _), (_, .other): true
        case (.equals(let wanted), .text(let text)): text == wanted
        case (.notEquals(let unwanted), .text(let text)): text != unwanted
        case (.matches(let expression), .text(let text)): expression.matches(text)
        case (.notMatches(let expression), .text(let text)): !expression.matches(text)
        }
    }
}

/// What a framework demands of agents in one role: all conditions of at least one group.
public struct RoleConstraints: Sendable {
    /// The groups, each a list of conditions.
    public let groups: [[OfferConstraint]]

    /// Demands; without groups no agent suits.
    public init(groups: [[OfferConstraint]]) {
        self.groups = groups
    }

    /// Whether an agent may be offered.
    public func admits(_ agent: AgentFacts) -> Bool {
        groups.contains { group in group.allSatisfy { $0.holds(for: agent) } }
    }
}
