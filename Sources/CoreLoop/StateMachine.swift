public import Cluster

/// A pure core: one input and the moment go in, the state changes, effects come out.
///
/// A core does no I/O, reads no clock, draws no random number that was not passed in, and never blocks; `CoreLoop`
/// runs it for real, a simulation runs it in virtual time.
public protocol StateMachine: Sendable {
    /// What can happen to the core.
    associatedtype Input: Sendable

    /// What the core asks its shell to do.
    associatedtype Effect: Sendable

    /// The input that says no more than that time has passed.
    static var tick: Input { get }

    /// The moment at which the core wants a `tick` if nothing else happens before.
    var nextDeadline: Timestamp? { get }

    /// Changes the state by one input and appends what is to be done about it, in order.
    mutating func handle(_ input: Input, at now: Timestamp, effects: inout [Effect])
}
