import TestSupport
import Testing

@testable import Images

/// Registries that answer what they should not. Each pull must end with the error said, leave nothing, and not try for ever.
@Suite struct HostileRegistryTests {
    typealias Request = FakeRegistry.Request
    typealias Answer = FakeRegistry.Answer

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let code: ImageError.Code
        /// Most requests that may have been made.
        var requests = 12
        var limits = ImageLimits()
        var digest = false
        var isSilent = false
        let answer: @Sendable (FakeImage, Request) -> Answer
    }

    private static func manifest(_ text: String, type: String = "application/json") -> @Sendable (FakeImage, Request) -> Answer {
        { image, request in
            guard request.path.contains("/manifests/") else { return image.answer(request) }
            return .response(status: 200, headers: ["Content-Type": type], body: Array(text.utf8))
        }
    }

    private static func blob(_ index: Int, _ answer: @escaping @Sendable ([UInt8]) -> Answer) -> @Sendable (FakeImage, Request) -> Answer {
        { image, request in request.path == image.layerPath(index) ? answer(image.layers[index]) : image.answer(request) }
    }

    static let manifests: [Case] = [
        Case(testDescription: "500", code: .unreachable, requests: 3) { _, _ in .response(status: 500, body: []) },
        Case(testDescription: "429", code: .unreachable, requests: 3) { _, _ in .response(status: 429, body: []) },
        Case(testDescription: "403", code: .unauthorized, requests: 1) { _, _ in .response(status: 403, body: []) },
        Case(testDescription: "418", code: .invalidAnswer, requests: 1) { _, _ in .response(status: 418, body: Array("<html>".utf8)) },
        Case(testDescription: "204", code: .invalidAnswer, requests: 1) { _, _ in .raw(Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)) },
        Case(testDescription: "no HTTP", code: .unreachable, requests: 3) { _, _ in .raw(Array("SSH-2.0-OpenSSH\r\n\r\n".utf8)) },
        Case(testDescription: "closed", code: .unreachable, requests: 3) { _, _ in .raw([]) },
        Case(testDescription: "half a body", code: .unreachable, requests: 3) { _, _ in
            .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".utf8))
        },
        Case(testDescription: "silence", code: .unreachable, requests: 3, isSilent: true) { _, _ in .silence },
        Case(testDescription: "endless body", code: .limitExceeded, requests: 1) { _, _ in .endless(head: "HTTP/1.1 200 OK\r\n\r\n") },
        Case(testDescription: "endless error", code: .invalidAnswer, requests: 1) { _, _ in .endless(head: "HTTP/1.1 418 No\r\n\r\n") },
        Case(testDescription: "endless blanks in the head", code: .invalidAnswer, requests: 1) { _, _ in
            .endless(head: "HTTP/1.1 200 OK\r\nX-Endless: ")
        },
        Case(testDescription: "endless header", code: .unreachable, requests: 3) { _, _ in .endless(head: "HTTP/1.1 200 OK\r\nX-Endless: x")
        },
        Case(testDescription: "endless chunk size", code: .unreachable, requests: 3) { _, _ in
            .endless(head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=")
        },
        Case(testDescription: "HTML", code: .invalidDocument, requests: 1, answer: manifest("<html>Log in</html>", type: "text/html")),
        Case(testDescription: "empty", code: .invalidDocument, requests: 1, answer: manifest("")),
        Case(testDescription: "null", code: .invalidDocument, requests: 1, answer: manifest("null")),
        Case(testDescription: "array", code: .invalidDocument, requests: 1, answer: manifest("[]")),
        Case(testDescription: "deep", code: .invalidDocument, requests: 1, answer: manifest(String(repeating: "[", count: 1_000_000))),
        Case(testDescription: "no version", code: .invalidDocument, requests: 1, answer: manifest("{}")),
        Case(testDescription: "schema 1", code: .unsupported, requests: 1, answer: manifest(#"{"schemaVersion":1,"fsLayers":[]}"#)),
        Case(testDescription: "nothing in it", code: .invalidDocument, requests: 1, answer: manifest(#"{"schemaVersion":2}"#)),
        Case(
            testDescription: "manifest and index",
            code: .invalidDocument,
            requests: 1,
            answer: manifest(#"{"schemaVersion":2,"manifests":[],"layers":[]}"#)
        ),
        Case(
            testDescription: "empty index",
            code: .platformUnavailable,
            requests: 1,
            answer: manifest(#"{"schemaVersion":2,"manifests":[]}"#)
        ),
        Case(
            testDescription: "other type",
            code: .unsupported,
            requests: 1,
            answer: manifest(#"{"schemaVersion":2,"mediaType":"application/x-helm","config":null,"layers":null}"#)
        ),
        Case(
            testDescription: "negative size",
            code: .limitExceeded,
            requests: 1,
            answer: manifest(config(size: "-1"))
        ),
        Case(testDescription: "huge size", code: .limitExceeded, requests: 1, answer: manifest(config(size: "9223372036854775807"))),
        Case(
            testDescription: "size beyond 64 bits",
            code: .invalidDocument,
            requests: 1,
            answer: manifest(config(size: "99999999999999999999"))
        ),
        Case(
            testDescription: "artifact",
            code: .unsupported,
            requests: 1,
            answer: manifest(config(size: "1").replacing("oci.image.config", with: "helm.config"))
        ),
        Case(
            testDescription: "digest of dots",
            code: .invalidDocument,
            requests: 1,
            answer: manifest(config(size: "1").replacing("sha256:", with: "sha256:../../"))
        ),
        Case(
            testDescription: "digest of another algorithm",
            code: .invalidDocument,
            requests: 1,
            answer: manifest(config(size: "1").replacing("sha256:", with: "md5:"))
        ),
        Case(testDescription: "wrong digest", code: .digestMismatch, requests: 1, digest: true) { image, request in
            guard request.path.contains("/manifests/") else { return image.answer(request) }
            return .response(status: 200, headers: ["Content-Type": image.manifestType], body: image.manifest + [0x20])
        },
        Case(testDescription: "digest header lies", code: .digestMismatch, requests: 1) { image, request in
            let digest = "sha256:\(String(repeating: "0", count: 64))"
            return .response(
                status: 200,
                headers: ["Content-Type": image.manifestType, "Docker-Content-Digest": digest],
                body: image.manifest
            )
        },
        Case(testDescription: "index within itself", code: .limitExceeded, requests: 12, limits: ImageLimits()) { image, request in
            endlessIndexes(request)
        },
        Case(testDescription: "redirects in a circle", code: .invalidAnswer, requests: 6) { _, request in
            .response(status: 307, headers: ["Location": request.path], body: [])
        },
        Case(testDescription: "redirect to a file", code: .invalidAnswer, requests: 1) { _, _ in
            .response(status: 302, headers: ["Location": "file:///etc/passwd"], body: [])
        },
        Case(testDescription: "redirect to nowhere", code: .invalidAnswer, requests: 1) { _, _ in .response(status: 302, body: []) },
        Case(testDescription: "401 without a challenge", code: .invalidAnswer, requests: 1) { _, _ in .response(status: 401, body: []) },
        Case(testDescription: "401 wants Kerberos", code: .invalidAnswer, requests: 1) { _, _ in
            .response(status: 401, headers: ["WWW-Authenticate": "Negotiate"], body: [])
        },
        Case(testDescription: "401 wants a password", code: .unauthorized, requests: 1) { _, _ in
            .response(status: 401, headers: ["WWW-Authenticate": "Basic realm=x"], body: [])
        },
    ]

    static let contents: [Case] = [
        Case(
            testDescription: "layer truncated",
            code: .sizeMismatch,
            answer: blob(0) { .response(status: 200, body: Array($0.dropLast())) }
        ),
        Case(testDescription: "layer longer", code: .sizeMismatch, answer: blob(0) { .response(status: 200, body: $0 + [0]) }),
        Case(
            testDescription: "layer changed",
            code: .digestMismatch,
            answer: blob(1) { .response(status: 200, body: $0.dropLast() + [0x7f]) }
        ),
        Case(
            testDescription: "layer cut off",
            code: .unreachable,
            answer: blob(1) { layer in
                .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: \(layer.count)\r\n\r\n".utf8) + layer.dropLast(9))
            }
        ),
        Case(
            testDescription: "layer cut off without length",
            code: .sizeMismatch,
            answer: blob(1) { layer in
                .raw(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + layer.dropLast(9))
            }
        ),
        Case(testDescription: "layer endless", code: .sizeMismatch, answer: blob(0) { _ in .endless(head: "HTTP/1.1 200 OK\r\n\r\n") }),
        Case(testDescription: "layer missing", code: .notFound, answer: blob(0) { _ in .response(status: 404, body: []) }),
        Case(testDescription: "layer 503", code: .unreachable, answer: blob(0) { _ in .response(status: 503, body: []) }),
        Case(testDescription: "layer silent", code: .unreachable, isSilent: true, answer: blob(0) { _ in .silence }),
        Case(testDescription: "configuration changed", code: .digestMismatch) { image, request in
            guard request.path == image.configurationPath else { return image.answer(request) }
            return .response(status: 200, body: image.configuration.dropLast() + [0x20])
        },
        Case(testDescription: "configuration endless", code: .limitExceeded) { image, request in
            guard request.path == image.configurationPath else { return image.answer(request) }
            return .endless(head: "HTTP/1.1 200 OK\r\n\r\n")
        },
    ]

    @Test(arguments: manifests + contents)
    func `is refused`(_ hostile: Case) async throws {
        let image = try await FakeImage()
        try await withFakeRegistry({ hostile.answer(image, $0) }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch, limits: hostile.limits) {
                    if hostile.isSilent { $0.readTimeout = .milliseconds(200) }
                }
                let name = "\(registry.address)/test" + (hostile.digest ? "@\(image.digest)" : ":latest")
                #expect(await pullCode(store, name) == hostile.code)
                #expect(registry.requests.count <= hostile.requests, "\(registry.requests.map(\.path))")
                #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
                #expect(try names(in: "\(scratch)/store/images").isEmpty)
            }
        }
    }

    @Test func `a configuration that does not fit is refused`() async throws {
        let good = try await FakeImage()
        var swapped = good
        swapped.layers.swapAt(0, 1)
        swapped.rebuildManifest()
        var fewer = good
        fewer.layers.removeLast()
        fewer.rebuildManifest()
        var broken = good
        broken.configuration = Array("{}".utf8)
        broken.rebuildManifest()
        var larger = good
        larger.rebuildManifest(sizes: [0: 1 << 40])
        var nul = good
        nul.configuration = Array(String(decoding: good.configuration, as: UTF8.self).replacing("A=1", with: "A=\\u0000").utf8)
        nul.rebuildManifest()
        let foreign = try await FakeImage(architecture: "s390x")
        let cases: [(FakeImage, ImageError.Code)] = [
            (swapped, .digestMismatch), (fewer, .invalidDocument), (broken, .invalidDocument), (larger, .limitExceeded),
            (foreign, .platformUnavailable), (nul, .invalidDocument),
        ]
        for (image, code) in cases {
            try await withFakeRegistry({ image.answer($0) }) { registry in
                try await withScratch { (scratch) async throws in
                    #expect(await pullCode(try makeStore(scratch), "\(registry.address)/test") == code)
                    #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func `a slow drip is cut off`(_ isManifest: Bool) async throws {
        let image = try await FakeImage()
        // Never silent for long, so only the time for the whole holds.
        try await withFakeRegistry({ request in
            let drips = isManifest ? request.path.contains("/manifests/") : request.path == image.layerPath(0)
            return drips ? .drip(head: "HTTP/1.1 200 OK\r\n\r\n") : image.answer(request)
        }) { registry in
            try await withScratch { (scratch) async throws in
                let store = try makeStore(scratch) {
                    $0.attempts = 1
                    $0.documentTimeout = isManifest ? .milliseconds(500) : .seconds(10)
                    $0.layerTimeout = .milliseconds(500)
                }
                let error = await #expect(throws: ImageError.self) {
                    try await store.pull(try ImageReference(parsing: "\(registry.address)/test"))
                }
                #expect(error?.code == .unreachable)
                #expect(error?.reason.contains("did not finish within") == true)
                #expect(try await eventually { try temporaryFiles(scratch).isEmpty })
            }
        }
    }

    private static func config(size: String) -> String {
        let digest = "sha256:\(String(repeating: "0", count: 64))"
        return """
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\(digest)","size":\(size)},"layers":[]}
            """
    }

    /// An index whose only manifest is another such index, for as long as one asks.
    private static func endlessIndexes(_ request: Request) -> Answer {
        let depth = chain.firstIndex { request.path.hasSuffix(ImageDigest(of: $0).description) } ?? chain.count - 1
        return .response(status: 200, headers: ["Content-Type": "application/vnd.oci.image.index.v1+json"], body: chain[depth])
    }

    /// Ten indexes, each naming the one before.
    private static let chain: [[UInt8]] = {
        var chain = [Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8)]
        for _ in 0..<9 {
            let last = chain[chain.count - 1]
            let platform = #"{"os":"linux","architecture":"\#(ImagePlatform.current.architecture)"}"#
            let type = "application/vnd.oci.image.index.v1+json"
            let entry = #"{"mediaType":"\#(type)","digest":"\#(ImageDigest(of: last))","size":\#(last.count),"platform":\#(platform)}"#
            chain.append(Array(#"{"schemaVersion":2,"manifests":[\#(entry)]}"#.utf8))
        }
        return chain
    }()
}
