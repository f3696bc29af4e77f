import Cluster
import Testing

@Suite struct ResourcesTextTests {
    @Test(arguments: [
        ("", "{}"), (" ; ", "{}"), ("cpus:4", "cpus:4"), (" cpus : 4 ; mem:1e3; ", "cpus:4; mem:1000"), ("cpus:1;cpus:2", "cpus:3"),
        ("cpus(eng):4;cpus(*):1", "cpus:1; cpus(eng):4"), ("cpus( eng/web ):.5", "cpus(eng/web):0.5"),
        ("ports:[31000-32000, 1-2,2-5]", "ports:[1-5, 31000-32000]"), ("racks:{b, a}", "racks:{a, b}"), ("racks:{}", "{}"),
        ("cpus:0", "{}"),
        ("name:{a:b}", "name:{a:b}"),
    ])
    func reading(text: String, expected: String) throws {
        #expect(try Resources.parse(text).description == expected)
    }

    @Test(arguments: [
        ("cpus", "cpus", "has no value"), (":4", ":4", "has no name"), ("cpus:", "cpus:", "has no value"),
        ("mem:1;cpus:x", "cpus:x", "'x' is not a number"),
        ("cpus:-1", "cpus:-1", "must not be negative"), ("cpus:nan", "cpus:nan", "is not a number"),
        ("cpus:inf", "cpus:inf", "is not a number"),
        ("cpus:0x10", "cpus:0x10", "is not a number"), ("cpus:1e400", "cpus:1e400", "finite"), ("cpus:1e13", "cpus:1e13", "at most"),
        ("cpus(eng:4", "cpus(eng:4", "not closed"), ("cpus(a//b):4", "cpus(a//b):4", "'//'"), ("cpus():4", "cpus():4", "must not be empty"),
        ("cp us:4", "cp us:4", "white space"), ("ports:[5-1]", "ports:[5-1]", "ends before it begins"),
        ("ports:[1]", "ports:[1]", "is not a range"),
        ("ports:[1-2", "ports:[1-2", "end with ']'"), ("ports:[", "ports:[", "end with ']'"), ("ports:[]", "ports:[]", "no range"),
        ("ports:[1-2,]", "ports:[1-2,]", "empty item"), ("ports:[-1-2]", "ports:[-1-2]", "is not a range"),
        ("ports:[0-18446744073709551616]", "ports:[0-18446744073709551616]", "is not a range"), ("racks:{a,a}", "racks:{a,a}", "twice"),
    ])
    func refusing(text: String, piece: String, reason: String) {
        let error = #expect(throws: ResourcesError.self) { try Resources.parse(text) }
        #expect(error?.piece == piece)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test func listsWithoutEndAreRefused() {
        let ranges = "ports:[" + (0..<40_000).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",") + "]"
        #expect(throws: ResourcesError.self) { try Resources.parse(ranges) }
        #expect(throws: ResourcesError.self) { try Resources.parse((0..<5000).map { "r\($0):1" }.joined(separator: ";")) }
        #expect(throws: ResourcesError.self) { try Resources.parse(String(repeating: " ", count: 2_000_000)) }
    }
}
