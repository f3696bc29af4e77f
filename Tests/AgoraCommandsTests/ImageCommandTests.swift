import Agent
import ArgumentParser
import Foundation
import Images
import MesosMessages
import SwiftProtobuf
import Synchronization
import Testing

@testable import AgoraCommands

/// The options about images of `agora agent` and `agora local`.
@Suite struct ImageOptionTests {
    private func configuration(_ arguments: [String]) throws -> AgentConfiguration {
        var configuration = AgentConfiguration(masterAddress: "127.0.0.1:5050", workDirectory: "/w")
        try AgentCommand.parse(arguments).images.apply(to: &configuration)
        return configuration
    }

    @Test func defaults() throws {
        let cleanup = try configuration([]).imageCleanup
        #expect(cleanup.headroom == 0.1 && cleanup.interval == .seconds(600) && cleanup.maximumAge == nil && cleanup.excluded.isEmpty)
    }

    @Test func areRead() throws {
        let read = try configuration([
            "--image-disk-headroom", "0.25", "--image-disk-watch-interval", "1hrs", "--image-max-age", "2weeks", "--excluded-image",
            "busybox",
            "--excluded-image", "oci:/x:1", "--registry-mirror", "https://m1", "--registry-mirror", "http://m2:5000/cache",
            "--registry-mirror", "quay.io=https://m3", "--insecure-registry", "box:5000", "--docker-config",
            #"{"auths":{"quay.io":{"auth":"YTpi"}}}"#,
        ])
        #expect(read.imageCleanup.headroom == 0.25 && read.imageCleanup.interval == .seconds(3600))
        #expect(read.imageCleanup.maximumAge == .seconds(14 * 86_400))
        #expect(read.imageCleanup.excluded.map(\.description).sorted() == ["docker.io/library/busybox:latest", "oci:/x:1"])
        #expect(read.registries.mirrors.mapValues(\.count) == ["docker.io": 2, "quay.io": 1])
        #expect(read.registries.insecureRegistries == ["box:5000"])
        #expect(read.registries.credentials["quay.io"]?.password == "b")
        #expect(try LocalCommand.parse(["--image-disk-headroom", "0"]).images.imageDiskHeadroom == 0)
    }

    @Test(arguments: [
        (["--image-disk-headroom", "1"], "--image-disk-headroom must be from 0"), (["--image-disk-headroom=-0.1"], "--image-disk-headroom"),
        (["--image-disk-headroom", "nan"], "--image-disk-headroom"), (["--image-disk-headroom", "x"], "image-disk-headroom"),
        (["--image-disk-watch-interval", "0"], "--image-disk-watch-interval must be at least 1s"),
        (["--image-max-age", "0"], "--image-max-age"),
        (["--excluded-image", "a b"], "--excluded-image: "), (["--registry-mirror", "mirror"], "--registry-mirror: "),
        (["--registry-mirror", "a b=https://x"], "--registry-mirror: "), (["--registry-mirror", "quay.io="], "--registry-mirror: "),
        (["--insecure-registry", "http://x"], "--insecure-registry: "), (["--insecure-registry", ""], "--insecure-registry: "),
        (["--registry-ca", "quay.io="], "--registry-ca: "), (["--registry-ca", ""], "--registry-ca: "),
        (["--registry-ca", "a b=/x"], "--registry-ca: "),
    ])
    func areRefused(_ arguments: [String], _ words: String) {
        let error = #expect(throws: (any Error).self) { try AgentCommand.parse(arguments) }
        let message = error.map { AgentCommand.message(for: $0) } ?? ""
        #expect(message.contains(words), "\(message)")
    }

    @Test(arguments: [
        (["--registry-ca", "/no/such/file"], "/no/such/file"), (["--registry-ca", "quay.io=/etc/hostname"], "/etc/hostname"),
        (["--docker-config", "/no/such/file"], "/no/such/file"), (["--docker-config", "/etc/hostname"], "/etc/hostname is not JSON"),
        (["--docker-config", "{"], "--docker-config is not JSON"), (["--docker-config", #"{"credsStore":"x"}"#], "docker-credential-x"),
        (["--docker-config", "/dev/zero"], "/dev/zero"), (["--registry-ca", "/"], "\"/\""),
    ])
    func filesAreRefused(_ arguments: [String], _ words: String) {
        #expect(refusal { try configuration(arguments) }.contains(words))
    }
}

/// Which machines `agora images`, `pull` and `rmi` are about.
@Suite struct NodeSelectionTests {
    private static let agents: [Mesos_V1_Master_Response.GetAgents.Agent] = [
        ("box-1", 1 as Int32, true), ("box-2", 2, true), ("away", 3, false),
    ].map {
        name,
        port,
        isActive in
        .with {
            $0.agentInfo.hostname = name
            $0.agentInfo.port = port
            $0.agentInfo.id.value = "S\(port)"
            $0.active = isActive
        }
    }

    @Test(arguments: [
        ([], ["box-1", "box-2"]), (["box-1"], ["box-1"]), (["S2"], ["box-2"]), (["box-2:2", "box-2"], ["box-2"]), (["away"], ["away"]),
    ])
    func chooses(_ wanted: [String], _ names: [String]) throws {
        #expect(try NodeSelection.choose(wanted, from: Self.agents).map(\.name).sorted() == names)
    }

    @Test func tellsWhatIsNotThere() {
        #expect(
            refusal { try NodeSelection.choose(["box-3"], from: Self.agents) }
                == "there is no machine \"box-3\"; did you mean box-1 or box-2?"
        )
        #expect(refusal { try NodeSelection.choose([], from: []) }.hasPrefix("no machine of the cluster is there"))
    }

    @Test func namesThatAreNotUniqueAreAddresses() throws {
        var agents = Self.agents
        agents[1].agentInfo.hostname = "box-1"
        #expect(try NodeSelection.choose(["box-1"], from: agents).map(\.name).sorted() == ["box-1:1", "box-1:2"])
    }

    @Test(arguments: [["--agent", "a b"], ["--agent", "x:0"], ["--agent", "x:1", "--node", "y"]])
    func isRefused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try ImagesCommand.parse(arguments) }
    }
}

@Suite struct PullDisplayTests {
    private static func event(
        _ type: Agora_V1_ImageEvent.TypeEnum,
        present: UInt32 = 0,
        _ layers: [(String, Agora_V1_ImageEvent.Layer.State)]
    )
        -> Agora_V1_ImageEvent
    {
        .with { event in
            event.type = type
            if present > 0 { event.present = present }
            event.layers = layers.map { id, state in
                .with {
                    $0.diffID = id
                    $0.state = state
                    if state == .downloading { ($0.bytes, $0.total) = (512, 2048) }
                }
            }
        }
    }

    private static let events = [
        event(.resolved, present: 1, [("a", .waiting), ("b", .waiting)]), event(.progress, [("a", .downloading)]),
        event(.progress, [("a", .ready), ("b", .unpacking)]), event(.progress, []), event(.progress, [("b", .ready)]),
    ]

    private func shown(isTerminal: Bool, width: Int = 80, node: String = "box") async -> String {
        let text = Mutex("")
        let display = PullDisplay(isTerminal: isTerminal, width: width) { piece in text.withLock { $0 += piece } }
        for event in Self.events { await display.show(event, of: node) }
        return text.withLock { $0 }
    }

    @Test func piped() async {
        #expect(await shown(isTerminal: false) == "agora: box: 1 of 3 layers\nagora: box: 2 of 3 layers\nagora: box: 3 of 3 layers\n")
    }

    @Test func onATerminal() async {
        let lines = [
            "1 of 3 layers", "1 of 3 layers  512 B of 2.0 KiB", "2 of 3 layers  unpacking 1", "2 of 3 layers  unpacking 1", "3 of 3 layers",
        ]
        let expected = lines.map { "\u{1b}[2Kbox  \($0)\n" }.joined(separator: "\u{1b}[1A")
        #expect(await shown(isTerminal: true) == expected)
    }

    @Test func neitherWrapsNorPassesControlCharactersOn() async {
        let text = await shown(isTerminal: true, width: 11, node: "b\u{1b}x")
        #expect(text.hasPrefix("\u{1b}[2Kb\u{fffd}x  1 of \n"))
    }

    @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5_000_000, "4.8 MiB"), (UInt64.max, "16384.0 PiB")])
    func bytes(_ bytes: UInt64, _ text: String) {
        #expect(ByteText.text(bytes) == text)
    }

    @Test func rowsShowNamesAsPeopleWriteThem() {
        let names = ["docker.io/library/a:1": "a:1", "docker.io/b/c:1": "b/c:1", "quay.io/d:1": "quay.io/d:1", "oci:/e": "oci:/e"]
        for (name, familiar) in names {
            let image = Agora_V1_StoredImage.with {
                $0.reference = name
                $0.digest = "sha256:0123456789abcdef"
            }
            #expect(ImageRow(image, on: "box").familiarName == familiar)
            #expect(ImageRow(image, on: "box").shortDigest == "0123456789ab")
        }
    }
}
