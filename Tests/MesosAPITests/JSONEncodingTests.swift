import Foundation
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing
import TranscriptTesting

@Suite struct JSONEncodingTests {
    private func text(_ message: some Message) -> String {
        String(decoding: MesosJSON.encode(message), as: UTF8.self)
    }

    static let numbers: [(Double, String)] = [
        (16, "16.0"), (0.1, "0.1"), (-0.0, "-0.0"), (1e16, "1e+16"), (1e-7, "1e-07"), (1 / 3, "0.3333333333333333"),
        (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""), (.nan, "\"NaN\""),
    ]

    @Test(arguments: numbers)
    func doubles(_ value: Double, _ written: String) throws {
        let bytes = MesosJSON.encode(Mesos_V1_Value.Scalar.with { $0.value = value })
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"value\":\(written)}")
        let again = try MesosJSON.decode(Mesos_V1_Value.Scalar.self, from: bytes).value
        #expect(again.bitPattern == value.bitPattern)
    }

    @Test func largeIntegersAreBare() {
        #expect(text(Mesos_V1_TimeInfo.with { $0.nanoseconds = .min }) == "{\"nanoseconds\":-9223372036854775808}")
    }

    @Test func defaultsAreWrittenUnlessDeprecated() {
        #expect(text(Mesos_V1_CommandInfo()) == "{\"shell\":true}")
        #expect(text(Mesos_V1_CommandInfo.with { $0.shell = false }) == "{\"shell\":false}")
        let framework = Mesos_V1_FrameworkInfo.with {
            $0.user = "u"
            $0.name = "n"
        }
        #expect(text(framework) == #"{"user":"u","name":"n","failover_timeout":0.0,"checkpoint":false}"#)
        #expect(text(Mesos_V1_HealthCheck.TCPCheckInfo.with { $0.port = 1 }) == #"{"port":1,"protocol":"IPv4"}"#)
    }

    @Test func onlySomeMessagesShowTheirEmptyLists() throws {
        let tasks = try RecordedJSON(text(Mesos_V1_Master_Response.GetTasks()))
        #expect(tasks == (try RecordedJSON(#"{"tasks":[],"completed_tasks":[],"unreachable_tasks":[]}"#)))
        #expect(text(Mesos_V1_Master_Response.GetRoles()) == "{}")
    }

    @Test func mapsAreObjectsInOrder() {
        let limits = Mesos_V1_Quota_QuotaConfig.with {
            $0.role = "r"
            $0.limits = ["mem": .with { $0.value = 2 }, "cpus": .with { $0.value = 1 }, "\"": .with { $0.value = 3 }]
        }
        #expect(text(limits) == #"{"role":"r","limits":{"\"":{"value":3.0},"cpus":{"value":1.0},"mem":{"value":2.0}}}"#)
        let context = Mesos_V1_Volume.Source.CSIVolume.StaticProvisioning.with { $0.volumeContext = ["a": "b", "c": "d"] }
        #expect(text(context).hasSuffix(#""volume_context":{"a":"b","c":"d"}}"#))
    }

    @Test func bytesAreBase64() {
        for (length, written) in [(0, ""), (1, "AA=="), (2, "AAE="), (3, "AAEC"), (4, "AAECAw==")] {
            #expect(text(Mesos_V1_Secret.Value.with { $0.data = Data(0..<UInt8(length)) }) == "{\"data\":\"\(written)\"}")
        }
    }

    /// What a newer or a hostile client says in binary, and we do not know, is not shown and does no harm.
    @Test(
        arguments: [
            [0xFA, 0x06, 0x01, 0x61],  // A field that no version has: 111, a string.
            [0x0A, 0x01, 0x62, 0x08, 0x07],  // The field once more, with another wire type.
            [0x0B, 0x10, 0x01, 0x0C],  // The field as a group.
            [0xFB, 0x06, 0xFC, 0x06],  // A group that no version has.
        ] as [[UInt8]]
    )
    func unknownFieldsAreNotShown(_ extra: [UInt8]) throws {
        let id = try MessageEncoding.protobuf.decode(Mesos_V1_TaskID.self, from: [0x0A, 0x01, 0x62] + extra)
        #expect(text(id) == "{\"value\":\"b\"}")
    }

    @Test func unknownEnumNumbersAreNotShown() throws {
        let call = try MessageEncoding.protobuf.decode(Mesos_V1_Scheduler_Call.self, from: [0x10, 0x7F])
        #expect(text(call) == "{}")
        let services = try MessageEncoding.protobuf.decode(Mesos_V1_CSIPluginContainerInfo.self, from: [0x08, 0x7F, 0x08, 0x01])
        #expect(text(services) == "{\"services\":[\"CONTROLLER_SERVICE\"]}")
    }
}
