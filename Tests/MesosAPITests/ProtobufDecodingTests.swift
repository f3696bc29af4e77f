import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

@Suite struct ProtobufDecodingTests {
    private func refusal<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> MesosJSONError? {
        do {
            _ = try MessageEncoding.protobuf.decode(type, from: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func namesTheMissingField() throws {
        var call = Mesos_V1_Scheduler_Call()
        call.accept.offerIds = [.with { $0.value = "1" }, .init()]
        #expect(refusal(type(of: call), try call.serializedBytes(partial: true))?.path == "accept.offer_ids[1].value")
        call = .with { $0.subscribe.frameworkInfo.user = "u" }
        #expect(refusal(type(of: call), try call.serializedBytes(partial: true))?.path == "subscribe.framework_info.name")
        let quota = Mesos_V1_Quota_QuotaConfig.with {
            $0.role = "r"
            $0.limits["cpus"] = .init()
        }
        #expect(refusal(type(of: quota), try quota.serializedBytes(partial: true))?.path == "limits[\"cpus\"].value")
    }

    /// A message may come in two pieces, which are merged.
    @Test func piecesTogetherAreWhole() throws {
        let user: [UInt8] = try Mesos_V1_Scheduler_Call.with { $0.subscribe.frameworkInfo.user = "u" }.serializedBytes(partial: true)
        let name: [UInt8] = try Mesos_V1_Scheduler_Call.with { $0.subscribe.frameworkInfo.name = "n" }.serializedBytes(partial: true)
        #expect(refusal(Mesos_V1_Scheduler_Call.self, user + name) == nil)
        #expect(refusal(Mesos_V1_Scheduler_Call.self, user)?.path == "subscribe.framework_info.name")
    }

    @Test(arguments: [[0xFF, 0xFF], [0x0A], [0x0A, 0x05, 0x01], [0x00], [0x0F], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]] as [[UInt8]])
    func brokenBytes(_ bytes: [UInt8]) {
        #expect(refusal(Mesos_V1_Scheduler_Call.self, bytes) != nil)
    }

    @Test func bottomlessNesting() throws {
        var bytes: [UInt8] = []
        for _ in 0..<200 {
            var next: [UInt8] = [0x12]
            var length = bytes.count
            while length >= 0x80 {
                next.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            bytes = next + [UInt8(length)] + bytes
        }
        #expect(refusal(Mesos_V1_ContainerID.self, bytes) != nil)
    }

    @Test func emptyIsAMessageWithoutFields() {
        #expect(refusal(Mesos_V1_Scheduler_Call.self, []) == nil)
        #expect(refusal(Mesos_V1_TaskID.self, [])?.path == "value")
    }
}
