import Cluster
import Testing

@Suite struct NamesTests {
    static let long = String(repeating: "a", count: 256)

    @Test(arguments: ["a", "a.b", "with space", "é", String(repeating: "a", count: 255)])
    func goodIdentifiers(value: String) throws {
        #expect(try TaskID(validating: value).value == value)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\\b", "a\u{0}b", "a\nb", "a\u{85}b", long])
    func badIdentifiers(value: String) {
        #expect(throws: InvalidName.self) { try TaskID(validating: value) }
    }

    @Test func messagesNameTheKindAndShowTheNameHarmlessly() {
        let error = #expect(throws: InvalidName.self) { try AgentID(validating: "a\n" + Self.long) }
        #expect(error?.what == "agent id")
        #expect(error?.description.contains("\n") == false)
        #expect((error?.description.count ?? .max) < 200)
    }

    @Test func identifiersSortByName() {
        #expect([TaskID("b"), TaskID("a")].sorted().map(\.description) == ["a", "b"])
    }
}

@Suite struct RoleNameTests {
    @Test(arguments: ["*", "eng", "eng/web", "a/b/c/d", "a.b", "a-b", "é"])
    func good(value: String) throws {
        #expect(try RoleName(validating: value).value == value)
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/.", "a/../b", "a/*", "*/a", "-a", "a/-b", "a b", "a\tb", "a\u{8}b", "a\u{7f}",
        String(repeating: "a", count: 1025),
    ])
    func bad(value: String) {
        #expect(throws: InvalidName.self) { try RoleName(validating: value) }
    }

    @Test(arguments: [
        ("eng", "eng/web", true), ("eng", "eng/web/front", true), ("eng", "eng", false), ("eng", "engine/a", false),
        ("eng/web", "eng", false), ("*", "eng", false), ("eng", "*", false),
    ])
    func ancestors(above: String, below: String, expected: Bool) {
        #expect(RoleName(above).isAncestor(of: RoleName(below)) == expected)
    }

    @Test func parents() {
        #expect(RoleName("a/b/c").parent == RoleName("a/b"))
        #expect(RoleName("a").parent == nil)
        #expect(RoleName.default.parent == nil)
        #expect(RoleName("a/b").components == ["a", "b"])
    }
}

@Suite struct ContainerIDTests {
    @Test func aNestedContainerKnowsItsSurroundings() throws {
        let pod = ContainerID("pod")
        let probe = pod.child("web").child("probe")
        #expect(probe.description == "pod.web.probe")
        #expect(probe.value == "probe")
        #expect(probe.depth == 3)
        #expect(probe.root == pod)
        #expect(probe.parent == pod.child("web"))
        #expect(pod.parent == nil)
        #expect(probe.isDescendant(of: pod))
        #expect(!pod.isDescendant(of: pod))
        #expect(!ContainerID("other").child("web").isDescendant(of: pod))
        #expect(try ContainerID(validating: ["pod", "web", "probe"]) == probe)
    }

    @Test(arguments: ["", "a.b", "a b", "..", "a/b", String(repeating: "a", count: 243)])
    func badNames(value: String) {
        #expect(throws: InvalidName.self) { try ContainerID(validating: ["pod", value]) }
        #expect(throws: InvalidName.self) { try ContainerID("pod").child(validating: value) }
    }

    @Test func theNameMayBe242BytesLong() throws {
        let value = String(repeating: "a", count: 242)
        #expect(try ContainerID(validating: [value]).value == value)
    }

    @Test func level33IsRefused() throws {
        let deepest = try ContainerID(validating: Array(repeating: "c", count: 32))
        #expect(deepest.depth == 32)
        let error = #expect(throws: InvalidName.self) { try deepest.child(validating: "c") }
        #expect(error?.reason == "is nested 33 levels deep; 32 are allowed")
        #expect(throws: InvalidName.self) { try ContainerID(validating: []) }
    }
}
