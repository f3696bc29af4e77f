import Foundation
import Testing

@testable import AgoraCommands

/// Files made to exhaust memory, the stack or patience are refused, and soon.
@Suite(.timeLimit(.minutes(1))) struct HostileYAMLTests {
    @Test func aHugeFile() throws {
        #expect(refusal { try launch(String(repeating: "a: b\n", count: 1_000_000)) }.contains("262144 are allowed"))
    }

    @Test func anEndlessFile() {
        #expect(refusal { try PodFile.read("/dev/zero") }.contains("larger than 262144 bytes"))
    }

    @Test(arguments: [
        (String(repeating: "[", count: 100_000), "not valid YAML"),
        (String(repeating: "[", count: 500) + String(repeating: "]", count: 500), "nested more than 64 deep"),
        ("x: " + String(repeating: "{a: ", count: 400) + "b" + String(repeating: "}", count: 400), "nested more than 64 deep"),
        (String(repeating: "- ", count: 50_000) + "a", "not valid YAML"),
        ((0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), "nested more than 64 deep"),
    ])
    func aDeepOne(_ text: String, _ message: String) {
        #expect(refusal { try launch(text) }.contains(message))
    }

    /// Each level repeats the one before, so that a few lines stand for billions of values.
    private static func bomb(levels: Int, width: Int) -> String {
        var text = "l0: &l0 [x, x]\n"
        for level in 1...levels {
            text += "l\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: width).joined(separator: ", ") + "]\n"
        }
        return text
    }

    @Test func aliasesThatMultiply() {
        #expect(refusal { try launch(Self.bomb(levels: 9, width: 9)) }.contains("uses aliases (*name) 81 times; 24 are allowed"))
        #expect(refusal { try launch(Self.bomb(levels: 8, width: 3)) }.contains("more than 20000 values"))
    }

    @Test func aliasesInTheNamesOfFields() {
        #expect(refusal { try launch(Self.bomb(levels: 7, width: 3) + "? *l7\n: x\n") }.contains("names of fields must be texts"))
    }

    @Test func aScriptIsNoBomb() throws {
        let script = "command: [sh, -c, \"a & b && echo *.txt; c &d *e & ls *\"]"
        let text = manifest().replacing("command: [sleep, \"10\"]", with: script)
        #expect(try launch(text).tasks.count == 1)
    }

    @Test func manyContainers() {
        let more = (0..<200).map { "  - {name: c\($0), command: [x]}\n" }.joined()
        #expect(refusal { try launch(manifest() + more) } == "spec.containers: has 201 entries; 100 are allowed")
    }

    @Test func variablesThatMultiply() {
        let lines = (0..<40).map { "{name: V\($0 + 1), value: \"$(V\($0))$(V\($0))$(V\($0))\"}" }
        let text = refusal { try launch(manifest(container: "env: [{name: V0, value: xxxxxxxxxx}, \(lines.joined(separator: ", "))]")) }
        #expect(text.contains("longer than 262144 bytes once $(NAME) is replaced"))
    }

    @Test(arguments: [[0xff, 0xfe, 0x00], [0x61, 0x3a, 0x20, 0xc3, 0x28], [0x00]])
    func bytesThatAreNoText(_ bytes: [UInt8]) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "agora-pod-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(!refusal { try PodFile.read(path) }.isEmpty)
    }

    @Test func noFileAndAFolder() {
        #expect(refusal { try PodFile.read("/no/such/file.yaml") } == "there is no such file")
        #expect(refusal { try PodFile.read("/tmp") } == "is a folder; name a file")
    }

    @Test func randomMutilationsNeverCrash() throws {
        var generator = SystemRandomNumberGenerator()
        let whole = Array(manifest(spec: "volumes: [{name: v, emptyDir: {}}]", container: "env: [{name: A, value: b}]").utf8)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...127, using: &generator)
            }
            _ = try? launch(String(decoding: bytes, as: UTF8.self))
        }
    }
}
