import AsyncHTTPClient
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1

/// The scheduler API of a master.
struct SchedulerClient: Sendable {
    /// Bytes of the longest event that is taken.
    static let maximumEvent = 64 * 1024 * 1024
    private static let path = "/api/v1/scheduler"
    /// A stream has no end in time.
    private static let streamDeadline = NIODeadline.distantFuture

    let connection: Connection
    let master: Endpoint

    /// An open stream of events.
    struct Subscription: Sendable {
        /// To be named with every call.
        let streamID: String
        fileprivate let response: HTTPClientResponse
    }

    func subscribe(_ call: Mesos_V1_Scheduler_Call) async throws(ClientError) -> Subscription {
        let response = try await connection.post(
            call,
            to: .master(master),
            path: Self.path,
            operation: "subscribe to the master",
            deadline: Self.streamDeadline
        )
        guard let streamID = response.headers.first(name: "Mesos-Stream-Id") else {
            throw broken("there is no Mesos-Stream-Id header; is this a Mesos master?")
        }
        return Subscription(streamID: streamID, response: response)
    }

    /// Hands every event to `deliver` until the stream ends, or until `deliver` returns false.
    ///
    /// - Throws: why it ended, if not in good order.
    func receive(_ subscription: Subscription, deliver: (Mesos_V1_Scheduler_Event) -> Bool) async throws(ClientError) {
        var decoder = RecordIODecoder(maximumRecordLength: Self.maximumEvent)
        do {
            for try await buffer in subscription.response.body {
                decoder.append(buffer.readableBytesView)
                while let record = try decoder.next() {
                    guard deliver(try MessageEncoding.protobuf.decode(Mesos_V1_Scheduler_Event.self, from: record)) else { return }
                }
            }
        } catch {
            throw broken("the stream of events broke: \(error)")
        }
    }

    /// Sends any other call.
    func send(_ call: Mesos_V1_Scheduler_Call, streamID: String) async throws(ClientError) {
        try await connection.tell(
            call,
            to: .master(master),
            path: Self.path,
            headers: [("Mesos-Stream-Id", streamID)],
            operation: "send \(call.type) to the master"
        )
    }

    private func broken(_ reason: String) -> ClientError {
        ClientError(peer: .master(master), operation: "talk to the master", cause: .broken(reason))
    }
}
