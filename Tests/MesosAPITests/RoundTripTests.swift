import ClusterTesting
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing
import TranscriptTesting

/// Random messages of every kind through JSON and back. What they are made of comes from the descriptors, so that no
/// message and no field is left out.
@Suite struct RoundTripTests {
    private static let descriptors = Result { try Descriptors() }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func sameMessageAgain(seed: UInt64) throws {
        var maker = RandomJSON(descriptors: try Self.descriptors.get(), random: SeededGenerator(seed: seed))
        try roundTrip(Mesos_V1_Scheduler_Call.self, &maker)
        try roundTrip(Mesos_V1_Scheduler_Event.self, &maker)
        try roundTrip(Mesos_V1_Executor_Call.self, &maker)
        try roundTrip(Mesos_V1_Executor_Event.self, &maker)
        try roundTrip(Mesos_V1_Master_Call.self, &maker)
        try roundTrip(Mesos_V1_Master_Response.self, &maker)
        try roundTrip(Mesos_V1_Master_Event.self, &maker)
        try roundTrip(Mesos_V1_Agent_Call.self, &maker)
        try roundTrip(Mesos_V1_Agent_Response.self, &maker)
        try roundTrip(Mesos_V1_Agent_ProcessIO.self, &maker)
        try roundTrip(Mesos_V1_ResourceProvider_Call.self, &maker)
        try roundTrip(Mesos_V1_ResourceProvider_Event.self, &maker)
        try roundTrip(Agora_V1_AgentCall.self, &maker)
        try roundTrip(Agora_V1_AgentEvent.self, &maker)
    }

    private func roundTrip<M: Message>(_ type: M.Type, _ maker: inout RandomJSON) throws {
        let text = maker.object(M.protoMessageName, depth: 7)
        let message = try MesosJSON.decode(type, from: Array(text.utf8))
        let written = MesosJSON.encode(message)
        // All that was said is written: the parser of this test has the last word, not ours.
        #expect(try RecordedJSON(text).differences(from: RecordedJSON(written), .client) == [])
        // What was a default is now said, so it is the second text that has to be the same.
        let again = MesosJSON.encode(try MesosJSON.decode(type, from: written))
        #expect(try RecordedJSON(written).differences(from: RecordedJSON(again), .server) == [])
        let received = try MessageEncoding.protobuf.decode(type, from: MessageEncoding.protobuf.encode(message))
        #expect(received.isEqualTo(message: message))
    }
}
