import ClusterTesting
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing
import TranscriptTesting

/// Good messages with random damage: each is read or refused, none does harm, and what was read can be written.
@Suite struct DamageTests {
    private static let descriptors = Result { try Descriptors() }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func damagedMessages(seed: UInt64) throws {
        var maker = RandomJSON(descriptors: try Self.descriptors.get(), random: SeededGenerator(seed: seed))
        try damage(Mesos_V1_Scheduler_Call.self, &maker)
        try damage(Mesos_V1_Master_Response.self, &maker)
        try damage(Mesos_V1_Agent_Call.self, &maker)
    }

    private func damage<M: Message>(_ type: M.Type, _ maker: inout RandomJSON) throws {
        let text = Array(maker.object(M.protoMessageName, depth: 5).utf8)
        let binary = MessageEncoding.protobuf.encode(try MesosJSON.decode(type, from: text))
        for _ in 0..<20 {
            for (encoding, bytes) in [(MessageEncoding.json, text), (.protobuf, binary)] {
                let damaged = Self.damaged(bytes, &maker.random)
                guard let message = try? encoding.decode(type, from: damaged) else { continue }
                let written = MesosJSON.encode(message)
                #expect(throws: Never.self) {
                    _ = try RecordedJSON(written)
                    _ = try MesosJSON.decode(type, from: written)
                }
            }
        }
    }

    /// A byte changed, a piece left out, or a piece there twice.
    private static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &random)] }
        var bytes = bytes
        let start = Int.random(in: bytes.indices, using: &random)
        let piece = start..<min(bytes.count, start + Int.random(in: 1...8, using: &random))
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[start] = .random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(piece)
        default: bytes.insert(contentsOf: Array(bytes[piece]), at: start)
        }
        return bytes
    }
}
