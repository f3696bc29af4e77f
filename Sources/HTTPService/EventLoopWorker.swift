import NIOCore
import Synchronization

/// What the connections of one event loop share: the answers that other threads gave, the sweep for timeouts, the date.
///
/// Answers from other threads are collected here and cost the event loop one wake-up per burst, not one each.
final class EventLoopWorker: Sendable {
    /// Work that another thread left for a connection.
    enum Delivery: Sendable {
        case answer(NIOLoopBound<HTTPConnection>, exchange: Int, HTTPResponse)
        case openStream(NIOLoopBound<HTTPConnection>, exchange: Int, HTTPStream, headers: [(String, String)])
        case pump(NIOLoopBound<HTTPConnection>, HTTPStream)
        /// A body that is handed on has room again.
        case resume(NIOLoopBound<HTTPConnection>)

        var connection: HTTPConnection {
            switch self {
            case .answer(let connection, _, _), .openStream(let connection, _, _, _), .pump(let connection, _), .resume(let connection):
                connection.value
            }
        }
    }

    let eventLoop: any EventLoop
    let executor: EventLoopExecutor
    let context: HTTPServerContext

    /// Bounded by what causes its entries: one for a request that waits for its answer, two for a stream.
    private let deliveries = Mutex<[Delivery]>([])
    private let confined: NIOLoopBoundBox<Confined>

    /// What only the event loop touches.
    private struct Confined {
        var connections: [ObjectIdentifier: HTTPConnection] = [:]
        var sweep: RepeatedTask?
        var date = HTTPDate()
        var isShuttingDown = false
    }

    init(eventLoop: any EventLoop, context: HTTPServerContext) {
        self.eventLoop = eventLoop
        executor = EventLoopExecutor(eventLoop)
        self.context = context
        self.confined = NIOLoopBoundBox.makeBoxSendingValue(Confined(), eventLoop: eventLoop)
    }

    /// Leaves work for a connection of this event loop; from any thread.
    func deliver(_ delivery: Delivery) {
        let isFirst = deliveries.withLock { deliveries in
            deliveries.append(delivery)
            return deliveries.count == 1
        }
        if isFirst {
            eventLoop.execute { self.handOut() }
        }
    }

    private func handOut() {
        let batch = deliveries.withLock { deliveries in
            defer { deliveries = [] }
            return deliveries
        }
        for delivery in batch {
            switch delivery {
            case .answer(let connection, let exchange, let response):
                connection.value.answer(exchange, response)
            case .openStream(let connection, let exchange, let stream, let headers):
                connection.value.open(stream, exchange, headers: headers)
            case .pump(let connection, let stream):
                connection.value.pump(stream)
            case .resume(let connection):
                connection.value.resumeReading()
            }
        }
        for delivery in batch {
            delivery.connection.flush()
        }
    }

    /// The value of a `Date` field, now.
    var date: ByteBuffer {
        confined.value.date.text(at: .now())
    }

    // MARK: Connections

    func add(_ connection: HTTPConnection) {
        confined.value.connections[ObjectIdentifier(connection)] = connection
        if confined.value.isShuttingDown {
            connection.endSoon()
        } else if confined.value.sweep == nil {
            startSweep()
        }
    }

    func remove(_ connection: HTTPConnection) {
        confined.value.connections[ObjectIdentifier(connection)] = nil
        if confined.value.connections.isEmpty {
            confined.value.sweep?.cancel()
            confined.value.sweep = nil
        }
    }

    /// One timer looks after all connections, so that a request on an open connection starts and stops none.
    private func startSweep() {
        let period = context.limits.sweepPeriod
        confined.value.sweep = eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
            let now = NIODeadline.now()
            for connection in self.confined.value.connections.values.filter({ $0.isOverdue(at: now) }) {
                connection.timeOut(at: now)
            }
        }
    }

    /// Lets requests and streams end and closes what is idle; or, with `force`, closes everything.
    func shutDown(force: Bool) {
        eventLoop.execute {
            self.confined.value.isShuttingDown = true
            for connection in Array(self.confined.value.connections.values) {
                if force { connection.closeNow() } else { connection.endSoon() }
            }
        }
    }
}

extension HTTPLimits {
    /// A timeout is noticed late by at most this: a quarter of the shortest, within reason.
    fileprivate var sweepPeriod: TimeAmount {
        let shortest = [headTimeout, bodyTimeout, idleTimeout, sendTimeout, lingerTimeout].min() ?? idleTimeout
        return TimeAmount(min(max(shortest / 4, .milliseconds(10)), .seconds(1)))
    }
}
