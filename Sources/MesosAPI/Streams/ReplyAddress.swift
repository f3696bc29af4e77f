/// Where the answer to one request goes. Opaque to a core, which hands it back in an effect.
public protocol ReplyAddress: AnyObject, Sendable {}
