import NIOCore

/// The connections over which simulated agents make their calls: one for each that asks, or some for all. All of it happens on one
/// event loop.
final class CallLines: @unchecked Sendable {
    // Unchecked because the compiler cannot know that it is only touched on its event loop.
    private let loop: any EventLoop
    private let port: Int
    private let count: Int?
    private var shared: [EventLoopFuture<CallConnection>] = []
    private var turn = 0

    /// Whether what is said is not to be heard any more.
    private(set) var areEnding = false

    /// - Parameter count: how many for all; without it one for each.
    init(_ loop: any EventLoop, port: Int, count: Int?) {
        self.loop = loop
        self.port = port
        self.count = count
    }

    /// Whether there are some for all.
    var areShared: Bool { count != nil }

    /// Says that the connections are going to end.
    func end() {
        areEnding = true
    }

    /// The connection for one more.
    func next(from address: String) -> EventLoopFuture<CallConnection> {
        guard let count, shared.count >= count else {
            let new = CallConnection.open(on: loop, port: port, from: address)
            if count != nil { shared.append(new) }
            return new
        }
        turn = (turn + 1) % count
        return shared[turn]
    }
}
