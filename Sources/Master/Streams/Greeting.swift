import Cluster
import MasterCore
import MesosAPI
import MesosMessages
import NIOCore
import SwiftProtobuf

/// SUBSCRIBED: the whole state, for all who come at the same moment.
struct Greeting: LargeMessage {
    typealias Whole = Mesos_V1_Master_Event

    let cluster: ClusterState
    let heartbeatInterval: Duration

    func write(to writer: inout some MessageWriter) {
        writer.fields(of: Whole.with { $0.type = .subscribed })
        writer.field("subscribed") { writer in
            writer.field("get_state") { cluster.writeLists(to: &$0) }
            let seconds = Double(heartbeatInterval.clampedNanoseconds) / 1e9
            writer.fields(of: Whole.Subscribed.with { $0.heartbeatIntervalSeconds = seconds })
        }
    }

    /// The record as it is sent, in pieces: its length first, so all of it is made before.
    func record(_ encoding: MessageEncoding, pieceBytes: Int) -> [ByteBuffer] {
        var pieces: [ByteBuffer] = []
        encoding.write(self, pieceBytes: pieceBytes) { pieces.append(ByteBuffer(bytes: $0)) }
        let head = RecordIO.head(of: pieces.reduce(0) { $0 + $1.readableBytes })
        return [ByteBuffer(bytes: head)] + pieces
    }
}
