import Cluster
import MesosAPI
import MesosMessages
import Testing

@Suite struct AttributesTests {
    @Test func textNumbersAndRangesAreRead() throws {
        let attributes = try Mesos_V1_Attribute.parse("rack:abc; zone : west:2 ;level:10;low:-0.5;vlans:[100-120, 130-130]\nrack:def;")
        #expect(attributes.map(\.name) == ["rack", "zone", "level", "low", "vlans", "rack"])
        #expect(attributes.map(\.type) == [.text, .text, .scalar, .scalar, .ranges, .text])
        #expect(attributes[1].text.value == "west:2")
        #expect(attributes[2].scalar.value == 10)
        #expect(attributes[3].scalar.value == -0.5)
        #expect(attributes[4].ranges.range.map(\.end) == [120, 130])
    }

    @Test(arguments: ["nan", "inf", "0x10", "1e400", "-", "1x", "ünder"])
    func whatIsNoNumberIsText(value: String) throws {
        let attribute = try #require(Mesos_V1_Attribute.parse("a:\(value)").first)
        #expect(attribute.type == .text)
        #expect(attribute.text.value == value)
    }

    @Test(arguments: ["rack", ":abc", "rack:", "rack: ;", "a:b;c", "a:[1-", "a:[2-1]", "a:{x,y}"])
    func refusing(text: String) {
        #expect(throws: ResourcesError.self) { try Mesos_V1_Attribute.parse(text) }
    }

    @Test func listsWithoutEndAreRefused() {
        #expect(throws: ResourcesError.self) { try Mesos_V1_Attribute.parse(String(repeating: "a:b;", count: 2000)) }
        #expect(throws: ResourcesError.self) { try Mesos_V1_Attribute.parse(String(repeating: "a", count: 2_000_000)) }
    }

    @Test func nothingIsNothing() throws {
        #expect(try Mesos_V1_Attribute.parse(" ; ").isEmpty)
    }
}
