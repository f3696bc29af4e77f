/// A stream that was just opened for a SUBSCRIBE.
public struct NewStream: Sendable {
    /// The stream.
    public var id: StreamID

    /// Its `Mesos-Stream-Id`, which later calls must carry.
    public var token: String

    /// The IP address that it was opened from, if that is known.
    public var peer: String?

    /// A stream with the header value it was opened with.
    public init(id: StreamID, token: String, peer: String? = nil) {
        self.id = id
        self.token = token
        self.peer = peer
    }
}
