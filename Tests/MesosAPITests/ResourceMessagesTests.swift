import Cluster
import ClusterTesting
import MesosAPI
import MesosMessages
import Testing

@Suite struct ResourceMessagesTests {
    private func json(_ resources: Resources) -> [String] {
        resources.messages.map { String(decoding: MesosJSON.encode($0), as: UTF8.self) }
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func sameMeaningThroughTheWire(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let resources = random.resources(share: 1)
        for encoding in [MessageEncoding.json, .protobuf] {
            let received = try resources.messages.map { try encoding.decode(Mesos_V1_Resource.self, from: encoding.encode($0)) }
            #expect(received == resources.messages)
            let read = try Resources(received)
            #expect(read == resources)
            // Equality ignores how a volume is used; the text does not.
            #expect(read.description == resources.description)
            #expect(read.items.map(\.metadata.disk?.persistence) == resources.items.map(\.metadata.disk?.persistence))
        }
    }

    /// As an offer was recorded from a Mesos master.
    @Test func offersLookLikeThoseOfMesos() throws {
        let offer = try Resources.parse("cpus:16;mem:16384;ports:[31000-32000]").allocated(to: RoleName("eng"))
        let expected = [
            #"{"allocation_info":{"role":"eng"},"name":"cpus","scalar":{"value":16.0},"type":"SCALAR"}"#,
            #"{"allocation_info":{"role":"eng"},"name":"mem","scalar":{"value":16384.0},"type":"SCALAR"}"#,
            #"{"allocation_info":{"role":"eng"},"name":"ports","ranges":{"range":[{"begin":31000,"end":32000}]},"type":"RANGES"}"#,
        ]
        let expectedMessages = try expected.map { try MesosJSON.decode(Mesos_V1_Resource.self, from: Array($0.utf8)) }
        #expect(offer.messages == expectedMessages)
        #expect(json(offer).allSatisfy { !$0.contains("\"role\":\"*\"") })
    }

    @Test(arguments: [
        (#"{"name":"cpus","type":"SCALAR","scalar":{"value":4}}"#, "cpus:4"),
        (#"{"name":"cpus","type":"SCALAR","scalar":{"value":4},"role":"*"}"#, "cpus:4"),
        (#"{"name":"cpus","type":"SCALAR","scalar":{"value":4},"role":"eng"}"#, "cpus(eng):4"),
        (#"{"name":"cpus","type":"SCALAR","scalar":{"value":0}}"#, "{}"),
        (
            #"{"name":"cpus","type":"SCALAR","scalar":{"value":4},"role":"eng","reservation":{"principal":"p"}}"#,
            "cpus(reservations: [(DYNAMIC,eng,p)]):4"
        ),
        (
            #"{"name":"cpus","type":"SCALAR","scalar":{"value":4},"reservations":[{"type":"STATIC","role":"a"},{"type":"DYNAMIC","role":"a/b"}]}"#,
            "cpus(reservations: [(STATIC,a),(DYNAMIC,a/b)]):4"
        ),
        (#"{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":3,"end":4},{"begin":1,"end":2}]}}"#, "ports:[1-4]"),
        (#"{"name":"racks","type":"SET","set":{"item":["b","a"]},"revocable":{}}"#, "racks{REV}:{a, b}"),
        (#"{"name":"cpus","type":"SCALAR","scalar":{"value":4},"provider_id":{"value":"x"},"allocation_info":{}}"#, "cpus:4"),
    ])
    func reading(text: String, expected: String) throws {
        let message = try MesosJSON.decode(Mesos_V1_Resource.self, from: Array(text.utf8))
        #expect(try Resources([message]).description == expected)
    }

    @Test(arguments: [
        (#""name":"","type":"SCALAR","scalar":{"value":4}"#, "no name"),
        (#""name":"a:b","type":"SCALAR","scalar":{"value":4}"#, "must not contain"),
        (#""name":"x","type":"SCALAR""#, "must have the value"),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"set":{"item":["a"]}"#, "and no other"),
        (#""name":"x","type":"RANGES","scalar":{"value":1}"#, "must have the value"),
        (#""name":"x","type":"TEXT""#, "type SCALAR, RANGES or SET"),
        (#""name":"x","type":"SCALAR","scalar":{"value":-1}"#, "negative"),
        (#""name":"x","type":"SCALAR","scalar":{"value":"Infinity"}"#, "finite"),
        (#""name":"x","type":"SCALAR","scalar":{"value":1e20}"#, "at most"),
        (#""name":"x","type":"RANGES","ranges":{"range":[{"begin":2,"end":1}]}"#, "before it begins"),
        (#""name":"x","type":"RANGES","ranges":{"range":[{"begin":1,"end":5},{"begin":5,"end":6}]}"#, "overlap"),
        (#""name":"x","type":"SET","set":{"item":["a","a"]}"#, "twice"),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"role":"a//b""#, "role 'a//b'"),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"role":"*","reservation":{}"#, "other than '*'"),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"role":"a","reservation":{"role":"a"}"#, "neither type nor role"),
        (
            #""name":"x","type":"SCALAR","scalar":{"value":1},"role":"a","reservations":[{"type":"STATIC","role":"a"}]"#,
            "beside reservations"
        ),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"reservations":[{"role":"a"}]"#, "needs a type"),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"reservations":[{"type":"STATIC","role":"*"}]"#, "reserved for '*'"),
        (
            #""name":"x","type":"SCALAR","scalar":{"value":1},"reservations":[{"type":"STATIC","role":"a"},{"type":"STATIC","role":"a/b"}]"#,
            "cannot be STATIC"
        ),
        (
            #""name":"x","type":"SCALAR","scalar":{"value":1},"reservations":[{"type":"STATIC","role":"a"},{"type":"DYNAMIC","role":"b"}]"#,
            "not below"
        ),
        (#""name":"x","type":"SCALAR","scalar":{"value":1},"allocation_info":{"role":"a b"}"#, "role 'a b'"),
        (#""name":"mem","type":"SCALAR","scalar":{"value":1},"disk":{}"#, "called disk"),
        (#""name":"disk","type":"SCALAR","scalar":{"value":1},"shared":{}"#, "shared"),
        (#""name":"disk","type":"SCALAR","scalar":{"value":1},"disk":{"persistence":{"id":"../x"}}"#, "slash"),
        (#""name":"disk","type":"SCALAR","scalar":{"value":1},"disk":{"source":{"type":"UNKNOWN"}}"#, "needs a type"),
        (#""name":"disk","type":"SCALAR","scalar":{"value":1},"disk":{"source":{"type":"RAW","mount":{}}}"#, "of another type"),
        (
            #""name":"disk","type":"SCALAR","scalar":{"value":1},"disk":{"volume":{"mode":"RW","container_path":"x","source":{}}}"#,
            "neither image nor source"
        ),
    ])
    func refusing(fields: String, reason: String) throws {
        let message = try MesosJSON.decode(Mesos_V1_Resource.self, from: Array("{\(fields)}".utf8))
        let error = #expect(throws: ResourcesError.self) { try Resources([message]) }
        #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.piece == message.name)
    }

    @Test func longListsAreRefused() throws {
        let cpus = try #require(Resources.parse("cpus:1").messages.first)
        #expect(throws: ResourcesError.self) { try Resources(Array(repeating: cpus, count: 4097)) }
        var ports = Mesos_V1_Resource()
        ports.name = "ports"
        ports.type = .ranges
        ports.ranges.range = (0..<40_000 as Range<UInt64>).map { index in
            var range = Mesos_V1_Value.Range()
            range.begin = index * 2
            range.end = index * 2
            return range
        }
        #expect(throws: ResourcesError.self) { try Resources([ports]) }
    }
}

@Suite struct ResourcesFlagTests {
    @Test(arguments: [
        ("cpus:4;mem:512", "cpus:4; mem:512"), ("", "{}"), ("[]", "{}"),
        (#" [{"name":"cpus","type":"SCALAR","scalar":{"value":4},"role":"eng"}] "#, "cpus(eng):4"),
    ])
    func bothFormsAreRead(text: String, expected: String) throws {
        #expect(try Resources.parse(flag: text).description == expected)
    }

    @Test(arguments: [
        ("cpus:x", "cpus:x"), ("[", "["), ("[] []", "[] []"), (#"[],"resources":[]"#, #"[],"resources":[]"#), ("[1]", "resources[0]"),
        (#"[{"type":"SCALAR"}]"#, "resources[0].name"), (#"[{"name":"cpus","type":"SCALAR"}]"#, "cpus"),
        (String(repeating: "[", count: 1000), String(repeating: "[", count: 120) + "…"),
    ])
    func errorsNameThePiece(text: String, piece: String) {
        let error = #expect(throws: ResourcesError.self) { try Resources.parse(flag: text) }
        #expect(error?.piece == piece, "\(error?.description ?? "")")
    }
}
