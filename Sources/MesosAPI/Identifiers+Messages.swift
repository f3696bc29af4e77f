public import Cluster
public import MesosMessages

/// A message that carries one name and nothing else.
public protocol IdentifierMessage: Sendable {
    /// A message without name.
    init()
    /// The name.
    var value: String { get set }
}

extension Mesos_V1_FrameworkID: IdentifierMessage {}
extension Mesos_V1_AgentID: IdentifierMessage {}
extension Mesos_V1_OfferID: IdentifierMessage {}
extension Mesos_V1_ExecutorID: IdentifierMessage {}
extension Mesos_V1_TaskID: IdentifierMessage {}
extension Mesos_V1_OperationID: IdentifierMessage {}
extension Mesos_V1_ResourceProviderID: IdentifierMessage {}

/// An identifier that has a message of its own on the wire.
public protocol MessageIdentifier: Identifier {
    /// The message that carries it.
    associatedtype Message: IdentifierMessage
}

extension FrameworkID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_FrameworkID
}

extension AgentID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_AgentID
}

extension OfferID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_OfferID
}

extension ExecutorID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_ExecutorID
}

extension TaskID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_TaskID
}

extension OperationID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_OperationID
}

extension ResourceProviderID: MessageIdentifier {
    /// The message that carries it.
    public typealias Message = Mesos_V1_ResourceProviderID
}

extension MessageIdentifier {
    /// The name in a message, unchecked: to look up what must have a good name to be found.
    public init(_ message: Message) {
        self.init(message.value)
    }

    /// Checks the name in a message.
    public init(validating message: Message) throws(InvalidName) {
        try self.init(validating: message.value)
    }

    /// The name as a message.
    public var message: Message {
        var message = Message()
        message.value = value
        return message
    }
}
