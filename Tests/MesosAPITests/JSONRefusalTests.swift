import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Broken, hostile and mistaken JSON: what it is refused with.
@Suite struct JSONRefusalTests {
    private func refusal<M: Message>(_ type: M.Type, _ text: [UInt8]) -> MesosJSONError? {
        do {
            _ = try MesosJSON.decode(type, from: text)
            return nil
        } catch {
            return error
        }
    }

    /// Text, and the field that the error names.
    static let calls: [(String, String)] = [
        ("", ""), ("null", ""), ("1", ""), ("\"x\"", ""), ("[]", ""), ("{", ""), ("{}}", ""), ("{} x", ""), ("{}{}", ""), ("{,}", ""),
        (#"{"type"}"#, ""), (#"{"type":}"#, "type"), (#"{"type":"KILL",}"#, ""), (#"{type:"KILL"}"#, ""), (#"{'type':"KILL"}"#, ""),
        (#"{"type":"KILL" "kill":{}}"#, ""), (#"{"type":"KILL","type":"KILL"}"#, "type"), (#"{"type":"NEW","type":"KILL"}"#, "type"),
        (#"{"x":01}"#, ""), (#"{"x":1.}"#, ""), (#"{"x":+1}"#, ""), (#"{"x":nul}"#, ""), (#"{"x":[1,]}"#, ""), (#"{"x":"\x"}"#, ""),
        (#"{"type":true}"#, "type"), (#"{"framework_id":"f"}"#, "framework_id"), (#"{"framework_id":[]}"#, "framework_id"),
        (#"{"framework_id":{}}"#, "framework_id.value"), (#"{"framework_id":{"value":null}}"#, "framework_id.value"),
        (#"{"framework_id":{"value":1}}"#, "framework_id.value"),
        (#"{"subscribe":{}}"#, "subscribe.framework_info"),
        (#"{"subscribe":{"framework_info":{"user":"root"}}}"#, "subscribe.framework_info.name"),
        (#"{"accept":{"offer_ids":[{"value":"1"},{}]}}"#, "accept.offer_ids[1].value"),
        (#"{"accept":{"offer_ids":{"value":"1"}}}"#, "accept.offer_ids"),
        (#"{"accept":{"filters":{"refuse_seconds":"soon"}}}"#, "accept.filters.refuse_seconds"),
        (#"{"accept":{"filters":{"refuse_seconds":"0x10"}}}"#, "accept.filters.refuse_seconds"),
        (#"{"accept":{"filters":{"refuse_seconds":1e400}}}"#, "accept.filters.refuse_seconds"),
        (#"{"accept":{"filters":{"refuse_seconds":Infinity}}}"#, "accept.filters.refuse_seconds"),
        (#"{"acknowledge":{"uuid":"?"}}"#, "acknowledge.uuid"), (#"{"acknowledge":{"uuid":"A"}}"#, "acknowledge.uuid"),
        (#"{"acknowledge":{"uuid":"A=A="}}"#, "acknowledge.uuid"), (#"{"acknowledge":{"uuid":"AA==="}}"#, "acknowledge.uuid"),
        (
            #"{"accept":{"offer_ids":[],"operations":[{"launch":{"task_infos":[{"name":"t","task_id":{"value":"t"}}]}}]}}"#,
            "accept.operations[0].launch.task_infos[0].agent_id"
        ),
        (
            #"{"subscribe":{"framework_info":{"user":"u","name":"n","offer_filters":{"r":{"min_allocatable_resources":"x"}}}}}"#,
            "subscribe.framework_info.offer_filters[\"r\"].min_allocatable_resources"
        ),
        (
            #"{"subscribe":{"framework_info":{"user":"u","name":"n","offer_filters":{"r":{},"r":{}}}}}"#,
            "subscribe.framework_info.offer_filters[\"r\"]"
        ),
    ]

    @Test(arguments: calls)
    func namesTheField(_ text: String, _ path: String) throws {
        let error = try #require(refusal(Mesos_V1_Scheduler_Call.self, Array(text.utf8)))
        #expect(error.path == path, "\(error)")
        #expect(!error.problem.isEmpty)
    }

    @Test(arguments: ["-1", "1.5", "18446744073709551616", "1e20", "1e400", "\"\"", "\"1 \"", "true", "[]", "{}"])
    func integersOutOfRange(_ text: String) {
        #expect(refusal(Mesos_V1_Value.Range.self, Array("{\"begin\":\(text),\"end\":1}".utf8))?.path == "begin")
    }

    @Test(arguments: ["-9223372036854775809", "9223372036854775808", "-9.3e18"])
    func signedIntegersOutOfRange(_ text: String) {
        #expect(refusal(Mesos_V1_TimeInfo.self, Array("{\"nanoseconds\":\(text)}".utf8))?.path == "nanoseconds")
    }

    @Test(arguments: ["2147483648", "-2147483649"])
    func smallIntegersOutOfRange(_ text: String) {
        #expect(refusal(Mesos_V1_Address.self, Array("{\"port\":\(text)}".utf8))?.path == "port")
    }

    @Test func enumsThatMustBeKnown() {
        #expect(refusal(Mesos_V1_Value.self, Array(#"{"type":"NEW"}"#.utf8))?.path == "type")
        #expect(refusal(Mesos_V1_Value.self, Array(#"{"type":77}"#.utf8))?.path == "type")
    }

    /// The bytes of a string that is not UTF-8, or whose escapes are not.
    static let brokenStrings: [[UInt8]] = [
        [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x0A], [0x00],
        Array(#"\ud800"#.utf8), Array(#"\udc00"#.utf8), Array(#"\ud800\u0041"#.utf8), Array(#"\ud800 \udc00"#.utf8),
        Array(#"\u00"#.utf8), Array(#"\u12g4"#.utf8), Array(#"\u+123"#.utf8), Array(#"\"#.utf8),
    ]

    @Test(arguments: brokenStrings)
    func stringsThatAreNotText(_ bytes: [UInt8]) {
        #expect(refusal(Mesos_V1_TaskID.self, Array(#"{"value":""#.utf8) + bytes + Array(#""}"#.utf8))?.path == "value")
        #expect(refusal(Mesos_V1_TaskID.self, Array(#"{"unknown":""#.utf8) + bytes + Array(#""}"#.utf8)) != nil)
    }

    @Test(arguments: ["{\"x\":", "[", "{\"parent\":", "{\"x\":[{\"parent\":"])
    func bottomlessNesting(_ piece: String) {
        let text = (piece.hasPrefix("[") ? "{\"x\":" : "") + String(repeating: piece, count: 100_000)
        #expect(refusal(Mesos_V1_ContainerID.self, Array(text.utf8)) != nil)
    }

    @Test func nestingThatIsInUse() throws {
        let text = String(repeating: #"{"value":"c","parent":"#, count: 31) + #"{"value":"c"}"# + String(repeating: "}", count: 31)
        #expect(refusal(Mesos_V1_ContainerID.self, Array(text.utf8)) == nil)
    }

    /// Every beginning of a good text is an error, and none crashes.
    @Test func cutAnywhere() {
        let text = Array(
            #"{"acknowledge":{"agent_id":{"value":"\u00e9"},"uuid":"AAA=","x":[1.5e3,null]},"type":"ACKNOWLEDGE","n":-1}"#.utf8
        )
        for length in 0..<text.count { #expect(refusal(Mesos_V1_Scheduler_Call.self, Array(text[..<length])) != nil) }
    }

    /// Long values are clipped in errors: they go into answers and logs.
    @Test func errorsAreShort() throws {
        let long = String(repeating: "9", count: 1_000_000)
        for value in [long, "\"\(long)\""] {
            let error = try #require(refusal(Mesos_V1_TimeInfo.self, Array("{\"nanoseconds\":\(value)}".utf8)))
            #expect(error.description.utf8.count < 300)
        }
    }
}
