import Synchronization
import TestSupport
import Testing

@testable import Images

/// Against Debian's registry server, with images that umoci made and skopeo pushed.
@Suite struct RegistryTests {
    @Test(arguments: [["--format", "oci"], ["--format", "v2s2"], ["--format", "oci", "--dest-compress-format", "zstd"]])
    func `an image is pulled in every form`(_ options: [String]) async throws {
        try await withRegistry { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            let name = "\(registry.address)/team/busybox:1.0"
            try await push(layout, to: name, options)
            let store = try makeStore(scratch)
            let events = Mutex<[ImageProgress]>([])
            let image = try await store.pull(try ImageReference(parsing: name)) { event in events.withLock { $0.append(event) } }
            try expectBusybox(image)
            #expect(image.digest == ImageDigest(of: Array(try await rawManifest(name).utf8)))
            #expect(events.withLock { $0.contains { if case .resolved(0, let missing) = $0 { missing.count == 2 } else { false } } })
            #expect(events.withLock { $0.count { if case .layerReady = $0 { true } else { false } } } == 2)
            #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
        }
    }

    @Test func `of an index the image of this platform is taken`() async throws {
        try await withRegistry { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            let name = "\(registry.address)/multi"
            try await push(layout, to: "\(name):mine")
            let mine = try await rawManifest("\(name):mine")
            let digest = ImageDigest(of: Array(mine.utf8))
            func entry(_ architecture: String) -> String {
                """
                {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\(digest)","size":\(mine.utf8.count),
                 "platform":{"os":"linux","architecture":"\(architecture)"}}
                """
            }
            try await put(index: [entry("s390x"), entry(ImagePlatform.current.architecture)], to: registry, "multi", "latest", scratch)
            try await put(index: [entry("s390x"), entry("mips")], to: registry, "multi", "foreign", scratch)
            let store = try makeStore(scratch)
            let image = try await store.pull(try ImageReference(parsing: name))
            #expect(image.digest == digest)
            await #expect {
                _ = try await store.pull(try ImageReference(parsing: "\(name):foreign"))
            } throws: { error in
                let error = error as? ImageError
                return error?.code == .platformUnavailable && error?.reason.contains("linux/s390x, linux/mips") == true
            }
        }
    }

    @Test func `what was pulled needs no registry any more`() async throws {
        try await withRegistry { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            let tagged = try ImageReference(parsing: "\(registry.address)/busybox:1")
            try await push(layout, to: "\(registry.address)/busybox:1")
            var image = try await makeStore(scratch).pull(tagged)
            await registry.stop()
            // A store opened anew, as after a restart of the agent.
            let store = try makeStore(scratch) { $0.connectTimeout = .milliseconds(300) }
            #expect(try await store.pull(tagged) == image)
            #expect(try await store.pull(tagged, policy: .always) == image)
            let exact = try ImageReference(parsing: "\(registry.address)/busybox@\(image.digest)")
            #expect(try await store.pull(exact) == image)
            #expect(try await store.pull(exact, policy: .always) == image)
            image = try await store.pull(exact)
            try expectBusybox(image)
            await #expect {
                _ = try await store.pull(try ImageReference(parsing: "\(registry.address)/busybox:2"))
            } throws: { ($0 as? ImageError)?.code == .unreachable }
        }
    }

    @Test func `a tag that has moved is noticed when asked for`() async throws {
        try await withRegistry { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            let name = "\(registry.address)/busybox:1"
            try await push(layout, to: name)
            let store = try makeStore(scratch)
            let reference = try ImageReference(parsing: name)
            let first = try await store.pull(reference)
            try await run("umoci", "config", "--image", "\(layout):test", "--config.user", "0")
            try await push(layout, to: name)
            #expect(try await store.pull(reference) == first)
            let second = try await store.pull(reference, policy: .always)
            #expect(second.digest != first.digest)
            #expect(second.layers == first.layers)
            #expect(second.configuration.user == "0")
            #expect(try await store.pull(reference) == second)
        }
    }

    @Test func `a registry may want a password`() async throws {
        try await withRegistry(password: true) { registry, scratch in
            let layout = try await makeBusyboxLayout(in: scratch)
            let name = "\(registry.address)/busybox:1"
            try await push(layout, to: name, ["--dest-creds", "agora:secret"])
            let reference = try ImageReference(parsing: name)
            for (credentials, code) in [
                (nil, ImageError.Code.unauthorized), (RegistryCredentials(user: "agora", password: "x"), .unauthorized),
            ] {
                let store = try makeStore(scratch) { $0.credentials[registry.address] = credentials }
                await #expect { _ = try await store.pull(reference) } throws: { ($0 as? ImageError)?.code == code }
            }
            let store = try makeStore(scratch) { $0.credentials[registry.address] = RegistryCredentials(user: "agora", password: "secret") }
            try expectBusybox(try await store.pull(reference))
        }
    }

    @Test(arguments: ["nothing:latest", "nothing@sha256:\(String(repeating: "0", count: 64))"])
    func `an unknown image is named`(_ name: String) async throws {
        try await withRegistry { registry, scratch in
            let store = try makeStore(scratch)
            let reference = try ImageReference(parsing: "\(registry.address)/\(name)")
            await #expect {
                _ = try await store.pull(reference)
            } throws: { error in
                let error = error as? ImageError
                return error?.code == .notFound && error?.description.hasPrefix("pull of \(registry.address)/\(name): ") == true
            }
            #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
        }
    }

    private func push(_ layout: String, to name: String, _ options: [String] = []) async throws {
        let base = ["skopeo", "--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"]
        try await run(base + options + ["oci:\(layout):test", "docker://\(name)"])
    }

    private func rawManifest(_ name: String) async throws -> String {
        try await run("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(name)")
    }

    private func put(index entries: [String], to registry: RegistryServer, _ repository: String, _ tag: String, _ scratch: String)
        async throws
    {
        let type = "application/vnd.oci.image.index.v1+json"
        let index = #"{"schemaVersion":2,"mediaType":"\#(type)","manifests":[\#(entries.joined(separator: ","))]}"#
        try write(index.utf8, to: "\(scratch)/index.json")
        let url = "http://\(registry.address)/v2/\(repository)/manifests/\(tag)"
        try await run("curl", "-fsS", "-X", "PUT", "-H", "Content-Type: \(type)", "--data-binary", "@\(scratch)/index.json", url)
    }
}
