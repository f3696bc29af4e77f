import Agent
import AsyncHTTPClient
import Foundation
import Images
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf
import TestSupport
import Testing

/// What operators do with images while containers run from them.
@Suite(.serialized) struct ImageTests {
    @Test func aPruneKeepsWhatRunsAlsoAfterARestart() async throws {
        try await withLayout { layout, directory in
            let master = try await FakeMaster.start()
            let gate = "/mnt/mesos/sandbox/gate"
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                let pulled = try await agent.pull("\(layout):two")
                #expect(pulled.last?.type == .done)
                let line = "while ! [ -e \(gate) ]; do sleep 0.01; done; cat /name"
                #expect(try await agent.launch(["web"], line, image: "\(layout):one").0 == 200)
                #expect(try await agent.post(#"{"type":"PRUNE_IMAGES"}"#).0 == 200)
                #expect(try await agent.images() == ["\(layout):one true"])
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                #expect(try await agent.post(#"{"type":"PRUNE_IMAGES","prune_images":{}}"#).0 == 200)
                #expect(try await agent.images() == ["\(layout):one true"])
                try Data().write(to: URL(filePath: "\(directory.path)/containers/web/gate"))
                #expect(try await agent.wait(["web"]).1.contains("\"exit_status\":0"))
                #expect(agent.output("\(directory.path)/containers/web/stdout") == "one\n")
                #expect(try await agent.post(#"{"type":"PRUNE_IMAGES"}"#).0 == 200)
                #expect(try await agent.images() == [])
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/images/layers/sha256") == [])
            }
            await master.stop()
        }
    }

    @Test func aContainerKeepsItsFilesWhenItsImageIsForcedAway() async throws {
        try await withLayout { layout, directory in
            try await AgentFixture.run { agent in
                let line = "while ! [ -e /mnt/mesos/sandbox/gate ]; do sleep 0.01; done; cat /name"
                #expect(try await agent.launch(["web"], line, image: "\(layout):one").0 == 200)
                let refused = try await agent.ask(#"{"type":"REMOVE_IMAGE","remove_image":{"image":"\#(layout):one"}}"#)
                #expect(refused.0 == 409 && refused.1.contains("is used by web"), "\(refused)")
                let forced = try await agent.ask(#"{"type":"REMOVE_IMAGE","remove_image":{"image":"\#(layout):one","force":true}}"#)
                #expect(forced.0 == 200 && forced.1.contains(#""layers":0"#), "\(forced)")
                #expect(try await agent.images() == [])
                try Data().write(to: URL(filePath: "\(agent.workDirectory)/containers/web/gate"))
                #expect(try await agent.wait(["web"]).1.contains("\"exit_status\":0"))
                #expect(agent.output("\(agent.workDirectory)/containers/web/stdout") == "one\n")
            }
        }
    }

    @Test func aVolumeOfAnImageIsPulledAndHeldAlsoAfterARestart() async throws {
        try await withLayout { layout, directory in
            let master = try await FakeMaster.start()
            let image = #""image":{"type":"DOCKER","docker":{"name":"\#(layout):two"}}"#
            let volume = #","container":{"type":"MESOS","volumes":[{"mode":"RO","container_path":"data",\#(image)}]}"#
            try await AgentFixture.runAgent(master, directory.path, destroys: false) { agent in
                let line = "while ! [ -e gate ]; do sleep 0.01; done; cat data/name"
                let launched = try await agent.launch(["web"], line, more: volume)
                #expect(launched.0 == 200, "\(launched)")
                #expect(try await agent.images() == ["\(layout):two true"])
            }
            try await AgentFixture.runAgent(master, directory.path, destroys: true) { agent in
                #expect(try await agent.post(#"{"type":"PRUNE_IMAGES"}"#).0 == 200)
                #expect(try await agent.images() == ["\(layout):two true"])
                try Data().write(to: URL(filePath: "\(directory.path)/containers/web/gate"))
                #expect(try await agent.wait(["web"]).1.contains("\"exit_status\":0"))
                #expect(agent.output("\(directory.path)/containers/web/stdout") == "two\n")
                #expect(try await agent.post(#"{"type":"PRUNE_IMAGES"}"#).0 == 200)
                #expect(try await agent.images() == [])
                let missing = try await agent.launch(["x"], "true", more: volume.replacing("\(layout):two", with: "oci:/no/such"))
                #expect(missing.0 == 400 && missing.1.contains("/no/such"), "\(missing)")
            }
            await master.stop()
        }
    }

    @Test func whatIsExcludedStays() async throws {
        try await withLayout { layout, _ in
            let excluded = try ImageReference(parsing: "\(layout):one")
            try await AgentFixture.run { configuration in
                configuration.imageCleanup.excluded = [excluded]
            } _: { agent in
                for tag in ["one", "two", "three"] { _ = try await agent.pull("\(layout):\(tag)") }
                let excluded = #"{"type":"DOCKER","docker":{"name":"\#(layout):two"}}"#
                #expect(try await agent.post(#"{"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[\#(excluded)]}}"#).0 == 200)
                #expect(try await agent.images() == ["\(layout):one false", "\(layout):two false"])
            }
        }
    }

    @Test func whatIsTooOldGoesByItself() async throws {
        try await withLayout { layout, _ in
            try await AgentFixture.run { configuration in
                configuration.imageCleanup.maximumAge = .milliseconds(1)
                configuration.imageCleanup.interval = .milliseconds(50)
            } _: { agent in
                _ = try await agent.pull("\(layout):one")
                #expect(try await agent.launch(["web"], "sleep 1000", image: "\(layout):two").0 == 200)
                let isGone = try await eventually { try await agent.images() == ["\(layout):two true"] }
                #expect(isGone)
            }
        }
    }

    @Test func aPullTellsHowItGoes() async throws {
        try await withLayout { layout, _ in
            try await AgentFixture.run { agent in
                let events = try await agent.pull("\(layout):one")
                #expect(events.first?.type == .resolved && events.first?.layers.count == 2)
                #expect(events.last?.type == .done && events.last?.image.reference == "\(layout):one")
                #expect((events.last?.image.bytes ?? 0) > 100_000)
                let states = events.dropFirst().flatMap(\.layers).filter { $0.state == .ready }.map(\.diffID)
                #expect(Set(states) == Set(events.first?.layers.map(\.diffID) ?? []))
                // Files that have not changed for a second are not read again, which must make no difference.
                let start = ContinuousClock.now
                while ContinuousClock.now - start < .milliseconds(1500) {
                    let again = try await agent.pull("\(layout):one")
                    try #require(again.first?.present == 2 && again.last?.image.digest == events.last?.image.digest, "\(again)")
                }
                let failed = try await agent.pull("oci:/no/such/layout")
                #expect(failed.last?.type == .failed && failed.last?.message.contains("/no/such/layout") == true)
            }
        }
    }

    @Test(arguments: [
        ("/api/v1", #"{"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[{"type":"APPC"}]}}"#, 400, "excluded_images[0]"),
        ("/api/v1", #"{"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[{"type":"DOCKER"}]}}"#, 400, "excluded_images[0]"),
        (
            "/api/v1",
            #"{"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[{"type":"DOCKER","docker":{"name":"a b"}}]}}"#, 400,
            "excluded_images[0].docker.name"
        ),
        ("/api/v1", #"{"type":"PRUNE_IMAGES","prune_images":{"excluded_images":[{}]}}"#, 400, "type"),
        ("/api/v1/images", "", 400, "body"), ("/api/v1/images", "{}", 400, "type"), ("/api/v1/images", #"{"type":"X"}"#, 400, "type"),
        ("/api/v1/images", #"{"type":"PULL_IMAGE"}"#, 400, "pull_image"),
        ("/api/v1/images", #"{"type":"PULL_IMAGE","pull_image":{}}"#, 400, "image"),
        ("/api/v1/images", #"{"type":"PULL_IMAGE","pull_image":{"image":"a b"}}"#, 400, "pull_image.image"),
        ("/api/v1/images", #"{"type":"REMOVE_IMAGE"}"#, 400, "remove_image"),
        ("/api/v1/images", #"{"type":"REMOVE_IMAGE","remove_image":{"image":""}}"#, 400, "remove_image.image"),
        ("/api/v1/images", #"{"type":"REMOVE_IMAGE","remove_image":{"image":"no:thing"}}"#, 404, "there is no image"),
        ("/api/v1/images", #"{"type":"REMOVE_IMAGE","remove_image":{"image":7}}"#, 400, "image"),
    ])
    func badCalls(_ path: String, _ body: String, _ status: Int, _ word: String) async throws {
        try await AgentFixture.run { agent in
            let answer = try await agent.ask(body, path: path)
            #expect(answer.0 == status)
            #expect(answer.1.contains(word), "\(answer.1)")
        }
    }

    @Test(arguments: [
        (#"{"type":"REFERENCE","reference":{"name":"x"}}"#, "docker.config.reference"),
        (#"{"type":"VALUE"}"#, "docker.config.value"), (#"{"type":"VALUE","value":{"data":""}}"#, "docker.config.value"),
        // "no JSON", and {"credsStore":"x"}
        (#"{"type":"VALUE","value":{"data":"bm8gSlNPTg=="}}"#, "docker.config is not JSON"),
        (#"{"type":"VALUE","value":{"data":"eyJjcmVkc1N0b3JlIjoieCJ9"}}"#, "docker-credential-x"),
    ])
    func badLogins(_ secret: String, _ words: String) async throws {
        try await AgentFixture.run { agent in
            let image = #"{"type":"DOCKER","docker":{"name":"x","config":\#(secret)}}"#
            let answer = try await agent.launch(["x"], "true", more: #","container":{"type":"MESOS","mesos":{"image":\#(image)}}"#)
            #expect(answer.0 == 400)
            #expect(answer.1.contains(words), "\(answer.1)")
        }
    }

    @Test func aTasksLoginIsNotShown() async throws {
        try await withLayout { layout, _ in
            try await AgentFixture.run { agent in
                let login = Data(#"{"auths":{"quay.io":{"auth":"YTpi"}}}"#.utf8)
                agent.launch([
                    .sample("t", "sleep 1000") { task in
                        task.container.type = .mesos
                        task.container.mesos.image.type = .docker
                        task.container.mesos.image.docker.name = "\(layout):one"
                        task.container.mesos.image.docker.config.type = .value
                        task.container.mesos.image.docker.config.value.data = login
                    }
                ])
                #expect(await agent.reaches("t", .taskRunning), "\(agent.master.last("t")?.message ?? "")")
                let state = try await agent.post(#"{"type":"GET_STATE"}"#).1
                #expect(state.contains(":one\""))
                for body in [state, try await agent.get("/state").1] { #expect(!body.contains(login.base64EncodedString())) }
            }
        }
    }

    /// A layout of the images `one`, `two` and `three`, which say their names in `/name` and have one layer in common.
    private func withLayout(_ body: (_ layout: String, _ directory: URL) async throws -> Void) async throws {
        try await withScratchDirectory { directory in
            let script = """
                set -e
                cd \(directory.path)
                mkdir work
                umoci init --layout layout
                umoci new --image layout:base
                umoci insert --image layout:base /bin/busybox /bin/sh
                for name in one two three; do
                    echo $name > $name
                    umoci tag --image layout:base $name
                    umoci insert --image layout:$name $name /name
                done
                """
            let made = try await Program.run("/bin/sh", ["-c", script])
            try #require(made.status == 0, "\(made.errors)")
            try await body("oci:\(directory.path)/layout", directory.appending(path: "work"))
        }
    }
}

extension AgentFixture {
    fileprivate func launch(_ path: [String], _ command: String, image: String) async throws -> (Int, String) {
        try await launch(
            path,
            command,
            more: #","container":{"type":"MESOS","mesos":{"image":{"type":"DOCKER","docker":{"name":"\#(image)"}}}}"#
        )
    }

    fileprivate func ask(_ json: String, path: String = "/api/v1/images") async throws -> (Int, String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: json))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    /// "REFERENCE IN-USE" of each image.
    fileprivate func images() async throws -> [String] {
        let answer = try await ask(#"{"type":"LIST_IMAGES"}"#)
        let response = try MesosJSON.decode(Agora_V1_ImageResponse.self, from: Array(answer.1.utf8))
        return response.listImages.images.map { "\($0.reference) \($0.inUse)" }
    }

    fileprivate func pull(_ image: String) async throws -> [Agora_V1_ImageEvent] {
        let answer = try await ask(#"{"type":"PULL_IMAGE","pull_image":{"image":"\#(image)"}}"#)
        var decoder = RecordIODecoder(maximumRecordLength: 1 << 20)
        decoder.append(Array(answer.1.utf8))
        var events: [Agora_V1_ImageEvent] = []
        while let record = try decoder.next() { events.append(try MesosJSON.decode(Agora_V1_ImageEvent.self, from: record)) }
        return events
    }
}
