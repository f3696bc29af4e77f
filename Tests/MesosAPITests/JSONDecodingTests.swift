import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

@Suite struct JSONDecodingTests {
    /// JSON text, and the same message as we write it.
    static let readable: [(String, String)] = [
        (#"{"value": "a"}"#, #"{"value":"a"}"#),
        (#" { "value" : "a" , "other" : [1, -2.5e3, {"x": null}, true, "\u0041"] } "#, #"{"value":"a"}"#),
        (#"{"value": "\"\\\/\b\f\n\r\t"}"#, #"{"value":"\"\\/\u0008\u000c\n\r\t"}"#),
        (#"{"value": "\u00e9\ud83d\ude00"}"#, #"{"value":"é😀"}"#),
        (#"{"value": "\u0000"}"#, #"{"value":"\u0000"}"#),
        (#"{"value": "a", "parent": null}"#, #"{"value":"a"}"#),
        (#"{"value": "c", "parent": {"value": "p"}}"#, #"{"value":"c","parent":{"value":"p"}}"#),
    ]

    @Test(arguments: readable)
    func texts(_ text: String, _ written: String) throws {
        let id = try MesosJSON.decode(Mesos_V1_ContainerID.self, from: Array(text.utf8))
        #expect(String(decoding: MesosJSON.encode(id), as: UTF8.self) == written)
    }

    static let doubles: [(String, Double)] = [
        ("1", 1), ("-0.5", -0.5), ("1e3", 1000), ("1E-2", 0.01), ("0.1", 0.1), ("\"2.5\"", 2.5), ("\"Infinity\"", .infinity),
        ("\"-Infinity\"", -.infinity), ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude),
    ]

    @Test(arguments: doubles)
    func doublesRead(_ text: String, _ value: Double) throws {
        #expect(try MesosJSON.decode(Mesos_V1_Value.Scalar.self, from: Array("{\"value\":\(text)}".utf8)).value == value)
    }

    static let integers: [(String, UInt64)] = [
        ("0", 0), ("18446744073709551615", .max), ("\"18446744073709551615\"", .max), ("3.0", 3), ("3e2", 300), ("\"7\"", 7), ("-0", 0),
    ]

    @Test(arguments: integers)
    func integersRead(_ text: String, _ value: UInt64) throws {
        #expect(try MesosJSON.decode(Mesos_V1_Value.Range.self, from: Array("{\"begin\":\(text),\"end\":1}".utf8)).begin == value)
    }

    static let negatives: [(String, Int64)] = [("-9223372036854775808", .min), ("9223372036854775807", .max), ("\"-1\"", -1), ("-1.0", -1)]

    @Test(arguments: negatives)
    func signedIntegersRead(_ text: String, _ value: Int64) throws {
        #expect(try MesosJSON.decode(Mesos_V1_TimeInfo.self, from: Array("{\"nanoseconds\":\(text)}".utf8)).nanoseconds == value)
    }

    @Test(arguments: [("true", true), ("false", false), ("\"true\"", true), ("\"false\"", false)])
    func booleansRead(_ text: String, _ value: Bool) throws {
        #expect(try MesosJSON.decode(Mesos_V1_CommandInfo.self, from: Array("{\"shell\":\(text)}".utf8)).shell == value)
    }

    @Test(arguments: [("", ""), ("AA==", "\0"), ("AA", "\0"), ("aGk=", "hi"), ("aGkh", "hi!"), ("+/8=", "\u{FB}\u{FF}")])
    func bytesRead(_ text: String, _ value: String) throws {
        let info = try MesosJSON.decode(Mesos_V1_Secret.Value.self, from: Array("{\"data\":\"\(text)\"}".utf8))
        #expect(Array(info.data) == value.unicodeScalars.map { UInt8($0.value) })
    }

    @Test func unknownEnumNamesAreAbsentWhereTheyMayBe() throws {
        let call = try MesosJSON.decode(Mesos_V1_Scheduler_Call.self, from: Array(#"{"type": "SOMETHING_NEW"}"#.utf8))
        #expect(!call.hasType)
        let framework = try MesosJSON.decode(
            Mesos_V1_FrameworkInfo.self,
            from: Array(#"{"user":"u","name":"n","capabilities":[{"type":"NEW"},{"type":"MULTI_ROLE"}]}"#.utf8)
        )
        #expect(framework.capabilities.map(\.hasType) == [false, true])
        let plugin = try MesosJSON.decode(
            Mesos_V1_CSIPluginContainerInfo.self,
            from: Array(#"{"services":["NEW","NODE_SERVICE",99,1]}"#.utf8)
        )
        #expect(plugin.services.map(\.rawValue) == [Mesos_V1_CSIPluginContainerInfo.Service.nodeService.rawValue, 1])
    }

    @Test func nullsAreAbsent() throws {
        let text = #"{"user":"u","name":"n","roles":["a",null,"b"],"labels":null,"offer_filters":{"x":null,"y":{}}}"#
        let framework = try MesosJSON.decode(Mesos_V1_FrameworkInfo.self, from: Array(text.utf8))
        #expect(framework.roles == ["a", "b"])
        #expect(!framework.hasLabels)
        #expect(Array(framework.offerFilters.keys) == ["y"])
    }

    @Test func camelCaseIsUnknown() throws {
        let call = try MesosJSON.decode(Mesos_V1_Scheduler_Call.self, from: Array(#"{"frameworkId":{"value":"f"}}"#.utf8))
        #expect(!call.hasFrameworkID)
    }
}
