import MesosMessages
import NIOCore
import NIOPosix
import SwiftProtobuf

/// A framework's subscription over HTTP, and its calls over some connections. All of it happens on one event loop.
final class BenchmarkScheduler: @unchecked Sendable {
    // Unchecked because the compiler cannot know that it is only touched on its event loop.
    let loop: any EventLoop
    /// The framework's id: the one it came with, or the one that SUBSCRIBED told.
    private(set) var id: Mesos_V1_FrameworkID
    private let calls: [CallConnection]
    private var stream: EventStream?
    private var next = 0

    private static let path = "/api/v1/scheduler"

    private init(_ loop: any EventLoop, _ id: Mesos_V1_FrameworkID?, _ calls: [CallConnection]) {
        self.loop = loop
        self.id = id ?? .init()
        self.calls = calls
    }

    /// Has a scheduler with so many connections subscribe. `handle` gets it and each of its events on its event loop, and
    /// ends the run by the promise.
    static func run<Result: Sendable>(
        port: Int,
        returning id: Mesos_V1_FrameworkID? = nil,
        connections: Int = 4,
        _ handle: @escaping (BenchmarkScheduler, Mesos_V1_Scheduler_Event, EventLoopPromise<Result>) throws -> Void
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { group.shutdownGracefully { _ in } }
        let loop = group.any()
        let opening = (0..<connections).map { _ in CallConnection.open(on: loop, port: port) }
        let calls = try await EventLoopFuture.whenAllSucceed(opening, on: loop).get()
        let scheduler = BenchmarkScheduler(loop, id, calls)
        let promise = loop.makePromise(of: Result.self)
        nonisolated(unsafe) let handle = handle  // Called on the event loop alone.
        let body: [UInt8] = try subscription(id).serializedBytes()
        return try await loop.flatSubmit {
            EventStream.open(
                on: loop,
                port: port,
                path,
                body,
                handle: { record in
                    let event = try Mesos_V1_Scheduler_Event(serializedBytes: record)
                    if event.type == .subscribed { scheduler.id = event.subscribed.frameworkID }
                    try handle(scheduler, event, promise)
                },
                fail: promise.fail
            ).flatMap { stream in
                scheduler.stream = stream
                return promise.futureResult
            }
        }.get()
    }

    /// Makes a call on the next of the connections; anything but 202 is an error.
    func post(_ call: Mesos_V1_Scheduler_Call) -> EventLoopFuture<Void> {
        next = (next + 1) % calls.count
        var identified = call
        identified.frameworkID = id
        do {
            return calls[next].post(Self.path, try identified.serializedBytes(), stream: stream?.id).flatMapThrowing { status in
                guard status == 202 else { throw OperatorClient.Refused(status: status, text: "\(call.type)") }
            }
        } catch {
            return loop.makeFailedFuture(error)
        }
    }

    private static func subscription(_ id: Mesos_V1_FrameworkID?) -> Mesos_V1_Scheduler_Call {
        .with { call in
            call.type = .subscribe
            call.subscribe.frameworkInfo.user = "root"
            call.subscribe.frameworkInfo.name = "benchmark"
            call.subscribe.frameworkInfo.roles = ["*"]
            call.subscribe.frameworkInfo.failoverTimeout = 3_600
            call.subscribe.frameworkInfo.capabilities = [.with { $0.type = .multiRole }, .with { $0.type = .partitionAware }]
            guard let id else { return }
            call.frameworkID = id
            call.subscribe.frameworkInfo.id = id
        }
    }
}
