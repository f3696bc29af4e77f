import Logging
import NIOCore
import Synchronization

/// What every connection of one server shares.
final class HTTPServerContext: Sendable {
    let limits: HTTPLimits
    let router: Router
    /// Whose pages may read answers.
    let allowedOrigins: Set<String>
    let logger: Logger

    private struct Connections {
        var open = 0
        var whenNoneIsLeft: [EventLoopPromise<Void>] = []

        mutating func takePromises() -> [EventLoopPromise<Void>] {
            guard open == 0 else { return [] }
            defer { whenNoneIsLeft = [] }
            return whenNoneIsLeft
        }
    }

    private let connections = Mutex(Connections())

    init(limits: HTTPLimits, router: Router, allowedOrigins: Set<String>, logger: Logger) {
        self.allowedOrigins = allowedOrigins
        self.limits = limits
        self.router = router
        self.logger = logger
    }

    /// Counts a connection, unless there are as many as allowed.
    func admitConnection() -> Bool {
        connections.withLock { connections in
            guard connections.open < limits.connections else { return false }
            connections.open += 1
            return true
        }
    }

    func connectionEnded() {
        let promises = connections.withLock { connections in
            connections.open -= 1
            return connections.takePromises()
        }
        promises.forEach { $0.succeed() }
    }

    /// Succeeds `promise` when no connection is open.
    func whenNoConnectionIsLeft(_ promise: EventLoopPromise<Void>) {
        let promises = connections.withLock { connections in
            connections.whenNoneIsLeft.append(promise)
            return connections.takePromises()
        }
        promises.forEach { $0.succeed() }
    }
}
