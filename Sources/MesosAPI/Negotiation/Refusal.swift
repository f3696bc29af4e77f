/// A request that is answered with an error: the HTTP status, and a text that says what was wrong and what to do.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status, 400 or above.
    public var status: Int

    /// For people.
    public var message: String

    /// A refusal with the status and the text.
    public init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Status and text.
    public var description: String { "\(status): \(message)" }
}
