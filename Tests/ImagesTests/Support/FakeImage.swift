import Crypto

@testable import Images

/// An image as a registry serves it, each part of which a test may spoil.
struct FakeImage: Sendable {
    var layers: [[UInt8]]
    var diffIDs: [ImageDigest]
    var configuration: [UInt8]
    var manifest: [UInt8]
    var manifestType = "application/vnd.oci.image.manifest.v1+json"

    /// - Parameter names: one layer with one file of this name each.
    init(_ names: [String] = ["a", "b"], architecture: String = ImagePlatform.current.architecture) async throws {
        layers = []
        diffIDs = []
        for name in names {
            diffIDs.append(ImageDigest(of: try await tar([.file(name, name)])))
            layers.append(try await tar([.file(name, name)], .gzip))
        }
        let digests = diffIDs.map { "\"\($0)\"" }.joined(separator: ",")
        configuration = Array(
            """
            {"architecture":"\(architecture)","os":"linux","config":{"Cmd":["run"],"Env":["A=1"]},
             "rootfs":{"type":"layers","diff_ids":[\(digests)]}}
            """.utf8
        )
        manifest = []
        rebuildManifest()
    }

    /// - Parameters:
    ///   - sizes: lengths of layers to be claimed instead of the real ones.
    mutating func rebuildManifest(sizes: [Int: Int] = [:]) {
        let entries = layers.enumerated().map { index, layer in
            """
            {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"\(ImageDigest(of: layer))","size":\(sizes[index] ?? layer.count)}
            """
        }
        manifest = Array(
            """
            {"schemaVersion":2,"mediaType":"\(manifestType)",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\(ImageDigest(of: configuration))",
                       "size":\(configuration.count)},
             "layers":[\(entries.joined(separator: ","))]}
            """.utf8
        )
    }

    var digest: ImageDigest { ImageDigest(of: manifest) }

    /// What an honest registry answers for the repository `test`.
    func answer(_ request: FakeRegistry.Request) -> FakeRegistry.Answer {
        if request.path.hasPrefix("/v2/test/manifests/") {
            return .response(status: 200, headers: ["Content-Type": manifestType], body: manifest)
        }
        for blob in layers + [configuration] where request.path == "/v2/test/blobs/\(ImageDigest(of: blob))" {
            guard let start = request.headers["range"]?.firstMatch(of: /bytes=([0-9]+)-/).flatMap({ Int($0.1) }), start < blob.count else {
                return .response(status: 200, body: blob)
            }
            let range = "bytes \(start)-\(blob.count - 1)/\(blob.count)"
            return .response(status: 206, headers: ["Content-Range": range], body: Array(blob[start...]))
        }
        return .response(status: 404, body: Array(#"{"errors":[{"code":"NAME_UNKNOWN","message":"not here"}]}"#.utf8))
    }

    func layerPath(_ index: Int) -> String { "/v2/test/blobs/\(ImageDigest(of: layers[index]))" }
    var configurationPath: String { "/v2/test/blobs/\(ImageDigest(of: configuration))" }
}
