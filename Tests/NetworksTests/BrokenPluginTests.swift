import Foundation
import LinuxKernel
import Networks
import TestSupport
import Testing

/// Plugins that do what they should not: each is a clear error, and nothing of the container is left.
@Suite(.enabled(if: geteuid() == 0))
struct BrokenPluginTests {
    private static let list = #"{"cniVersion":"1.0.0","name":"bad","plugins":[{"type":"good"},{"type":"bad"}]}"#
    private static let good = #"echo $CNI_COMMAND >> LOG; echo '{"cniVersion":"1.0.0","ips":[{"address":"10.9.9.9/24"}]}'"#

    private func prepare(_ fixture: NetworksFixture, _ script: String) throws {
        try fixture.test.add("bad.conflist", Self.list)
        try fixture.test.addPlugin("good", Self.good.replacingOccurrences(of: "LOG", with: "\(fixture.directory)/log"))
        try fixture.test.addPlugin("bad", #"[ "$CNI_COMMAND" = DEL ] && exit 0; \#(script)"#)
    }

    @Test(arguments: [
        ("exit 0", "the plugin bad, at ADD, printed no result"),
        ("echo no json", "printed no JSON but \"no json"),
        ("echo '[1]'", "its result is no JSON object"),
        (#"echo '{"cniVersion":"1.0.0","ips":[{"address":"nonsense"}]}'"#, "has an address that is none: \"nonsense\""),
        (
            #"echo '{"code":11,"msg":"try later","details":"the switch is busy"}'; exit 1"#,
            "failed with status 1 (code 11): \"try later\": \"the switch is busy\""
        ),
        ("echo gone wrong >&2; exit 3", "failed with status 3: \"gone wrong"),
        ("exit 4", "failed with status 4, without a word"),
        ("kill -9 $$", "was killed by signal 9"),
        ("head -c 3000000 /dev/zero", "printed more than 1048576 bytes"),
        ("head -c 30000000 /dev/zero >&2; exit 5", "failed with status 5"),
        ("sleep 1000 & sleep 1000", "took longer than 1.0 seconds and was killed"),
        ("exec 1>&- 2>&-; sleep 1000", "took longer than 1.0 seconds and was killed"),
    ])
    func fails(script: String, says: String) async throws {
        try await NetworksFixture.run(timeLimit: .seconds(1)) { fixture in
            try prepare(fixture, script)
            let words = fixture.refusal("web", [NetworkRequest(name: "bad")])
            #expect(words.contains(says) && words.contains("the network \"bad\""), "\(words)")
            #expect(try SmallFile.read("\(fixture.directory)/log") == "ADD\nDEL\n")
            #expect(try fixture.networks.names() == [])
        }
    }

    @Test func oneThatHangsIsStoppedWhenNobodyWantsIt() async throws {
        try await NetworksFixture.run { fixture in
            try prepare(fixture, "touch \(fixture.directory)/hangs; sleep 1000")
            let words = fixture.refusal("web", [NetworkRequest(name: "bad")]) {
                FileManager.default.fileExists(atPath: "\(fixture.directory)/hangs")
            }
            #expect(words.contains("was stopped, as its container is no longer wanted"), "\(words)")
        }
    }

    @Test func oneThatIsNotThereIsNamed() async throws {
        try await NetworksFixture.run { fixture in
            try fixture.test.add("gone.conf", #"{"cniVersion":"1.0.0","name":"gone","type":"no-such-plugin"}"#)
            let words = fixture.refusal("web", [NetworkRequest(name: "gone")])
            #expect(words.contains("there is no program \"no-such-plugin\" in \(fixture.test.plugins) or /usr/lib/cni"), "\(words)")
        }
    }

    @Test func unknownNetworksNameThoseThatThereAre() async throws {
        try await NetworksFixture.run { fixture in
            try fixture.test.add("broken.conf", "{")
            try fixture.test.add("bridged2.conflist", fixture.test.bridged)
            let words = fixture.refusal("web", [NetworkRequest(name: "nowhere")])
            #expect(words.hasPrefix("there is no network \"nowhere\" in \(fixture.test.folder); there are: \"bridged\""), "\(words)")
            #expect(words.contains("broken.conf cannot be used: it is not a JSON object"), "\(words)")
            #expect(words.contains("another file describes a network \"bridged\""), "\(words)")
        }
    }

    @Test func portsNeedAPluginThatMapsThem() async throws {
        try await NetworksFixture.run { fixture in
            try prepare(fixture, "true")
            let request = NetworkRequest(name: "bad", ports: [.init(transport: "tcp", hostPort: 8080, containerPort: 80)])
            let words = fixture.refusal("web", [request])
            #expect(words.contains("the network \"bad\" maps no ports"), "\(words)")
        }
    }

    @Test func whatCouldNotBeTakenAwayIsTriedAgain() async throws {
        try await NetworksFixture.run { fixture in
            let gate = "\(fixture.directory)/gate"
            try fixture.test.add("stuck.conf", #"{"cniVersion":"1.0.0","name":"stuck","type":"stuck"}"#)
            try fixture.test.addPlugin(
                "stuck",
                #"[ $CNI_COMMAND = ADD ] || [ -e \#(gate) ] || { echo stuck >&2; exit 1; }; echo '{"cniVersion":"1.0.0"}'"#
            )
            try fixture.join("web", [NetworkRequest(name: "bridged"), NetworkRequest(name: "stuck")])
            let error = #expect(throws: NetworkError.self) { try fixture.networks.leave("web") }
            #expect(error?.description.contains("at DEL, failed with status 1: \"stuck") == true)
            // The other network is left all the same.
            #expect(try await fixture.test.left() == [])
            #expect(try fixture.networks.names() == ["web"])
            try Data().write(to: URL(filePath: gate))
            try fixture.next().leave("web")
            #expect(try fixture.networks.names() == [])
        }
    }
}
