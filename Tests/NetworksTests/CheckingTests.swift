import Foundation
import LinuxKernel
import Networks
import TestSupport
import Testing

/// CHECK: whether what plugins made is still there.
@Suite(.enabled(if: geteuid() == 0))
struct CheckingTests {
    private func failure(_ networks: ContainerNetworks, _ name: String, isCancelled: () -> Bool = { false }) -> String? {
        do {
            try networks.check(name, isCancelled: isCancelled)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func realPluginsSayWhatIsMissing() async throws {
        try await NetworksFixture.run { fixture in
            let network = try fixture.join("web", [NetworkRequest(name: "bridged"), NetworkRequest(name: "plain")])
            #expect(try failure(fixture.next(), "web") == nil)
            _ = try await fixture.inside(network, "ip link delete eth0")
            let words = try failure(fixture.next(), "web")
            #expect(
                words?.contains("the network \"bridged\", interface eth0") == true && words?.contains("at CHECK") == true,
                "\(words ?? "")"
            )
            #expect(failure(fixture.networks, "nobody") == nil)
        }
    }

    /// What a plugin is told, one line for each call.
    private static let log =
        #"cat > INPUT; grep -q '"prevResult"' INPUT && prev=prev || prev=none; echo $CNI_COMMAND $prev >> LOG; [ $CNI_COMMAND = ADD ] && echo '{"cniVersion":"VERSION"}'; exit 0"#

    @Test(arguments: [
        ("1.0.0", "", ["ADD none", "CHECK prev", "DEL prev"]), ("0.4.0", "", ["ADD none", "CHECK prev", "DEL prev"]),
        ("0.3.1", "", ["ADD none", "DEL none"]), ("1.0.0", #""disableCheck":true,"#, ["ADD none", "DEL prev"]),
        ("1.0.0", #""disableCheck":"yes","#, ["ADD none", "CHECK prev", "DEL prev"]),
    ])
    func onlyThoseThatKnowItAreAsked(version: String, more: String, calls: [String]) async throws {
        try await NetworksFixture.run { fixture in
            let script = Self.log.replacing("INPUT", with: "\(fixture.directory)/input").replacing("LOG", with: "\(fixture.directory)/log")
            try fixture.test.addPlugin("told", script.replacing("VERSION", with: version))
            try fixture.test.add("told.conflist", #"{"cniVersion":"\#(version)",\#(more)"name":"told","plugins":[{"type":"told"}]}"#)
            try fixture.join("web", [NetworkRequest(name: "told")])
            #expect(try failure(fixture.next(), "web") == nil)
            try fixture.networks.leave("web")
            #expect(try SmallFile.read("\(fixture.directory)/log").split(separator: "\n").map(String.init) == calls)
        }
    }

    @Test(arguments: [
        ("exit 4", "at CHECK, failed with status 4"), ("echo no json", "at CHECK, printed no JSON"),
        (#"echo '{"code":101,"msg":"address gone"}'; exit 1"#, "failed with status 1 (code 101): \"address gone\""),
        ("sleep 1000", "took longer than 1.0 seconds and was killed"),
    ])
    func failuresAreTold(script: String, says: String) async throws {
        try await NetworksFixture.run(timeLimit: .seconds(1)) { fixture in
            try fixture.test.addPlugin("bad", #"[ $CNI_COMMAND != CHECK ] || { \#(script); exit; }; echo '{"cniVersion":"1.0.0"}'"#)
            try fixture.test.add("bad.conf", #"{"cniVersion":"1.0.0","name":"bad","type":"bad"}"#)
            try fixture.join("web", [NetworkRequest(name: "bad")])
            let words = failure(fixture.networks, "web")
            #expect(words?.contains(says) == true, "\(words ?? "no failure")")
            #expect(fixture.networks.joined("web").count == 1)
        }
    }

    @Test func oneThatHangsIsStoppedWhenNobodyWantsIt() async throws {
        try await NetworksFixture.run { fixture in
            let mark = "\(fixture.directory)/hangs"
            try fixture.test.addPlugin("slow", #"[ $CNI_COMMAND = CHECK ] && touch \#(mark) && sleep 1000; echo '{"cniVersion":"1.0.0"}'"#)
            try fixture.test.add("slow.conf", #"{"cniVersion":"1.0.0","name":"slow","type":"slow"}"#)
            try fixture.join("web", [NetworkRequest(name: "slow")])
            let words = failure(fixture.networks, "web") { FileManager.default.fileExists(atPath: mark) }
            #expect(words?.contains("was stopped") == true, "\(words ?? "no failure")")
        }
    }
}
