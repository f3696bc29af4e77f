/// A framework: a scheduler that takes offers and launches tasks.
public struct FrameworkID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "framework id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// An agent: one machine that runs containers.
public struct AgentID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "agent id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// An offer: resources of one agent shown to one framework.
public struct OfferID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "offer id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// An executor, unique among those of its framework on its agent.
public struct ExecutorID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "executor id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// A task, unique within its framework.
public struct TaskID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "task id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// An offer operation that its framework wants to hear about, unique within the framework.
public struct OperationID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "operation id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// Who manages a resource on behalf of its agent, such as a storage plugin.
public struct ResourceProviderID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "resource provider id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}

/// A persistent volume, unique among those of its role on its agent.
public struct PersistenceID: Identifier {
    /// The name of the kind in messages.
    public static let kind = "persistence id"
    /// The name itself.
    public let value: String

    /// A name that is known to be good.
    public init(_ value: String) {
        self.value = value
    }
}
