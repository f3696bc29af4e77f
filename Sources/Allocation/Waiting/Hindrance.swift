/// What keeps an agent from being offered to a framework in one of its roles.
public enum Hindrance: Hashable, Sendable {
    /// The agent takes nothing new: it is away, draining or deactivated.
    case inactive

    /// The framework's own constraints on offers exclude it.
    case constraints

    /// It stands in another region, and the framework did not say that it knows of regions.
    case regions

    /// It has GPUs, and the framework did not say that it uses them.
    case gpus

    /// Even when nothing runs there, it has less of a resource than is wanted.
    case tooSmall(resource: String)

    /// It has enough of a resource, but not free: others use it or have it on offer.
    case notFree(resource: String)

    /// The framework declined what is free there, and does not want to see it yet.
    case declined
}
