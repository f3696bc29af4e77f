import Foundation

/// An OCI layout of one image with one layer, made of files of this machine.
struct BenchmarkLayout {
    enum Compression: String, CaseIterable {
        case gzip, zstd

        var mediaType: String { "application/vnd.oci.image.layer.v1.tar+\(rawValue)" }
        var tarFlag: String { rawValue == "gzip" ? "--gzip" : "--zstd" }
    }

    let reference: String
    /// Of the unpacked layer.
    let megabytes: Int
    let files: Int
    private let folder: URL
    private let layer: String
    private let compression: Compression

    /// The manuals and programs of this machine: many small files and some large ones.
    init(_ compression: Compression) throws {
        try self.init(compression, of: ["usr/bin", "usr/share/doc", "usr/share/man", "usr/share/perl"])
    }

    static func busybox() throws -> BenchmarkLayout {
        try BenchmarkLayout(.gzip, of: ["bin/busybox"])
    }

    private init(_ compression: Compression, of paths: [String]) throws {
        self.compression = compression
        folder = FileManager.default.temporaryDirectory.appending(path: "agora-bench-layout-\(UUID().uuidString)")
        let blobs = folder.appending(path: "blobs/sha256")
        try FileManager.default.createDirectory(at: blobs, withIntermediateDirectories: true)
        let tar = folder.appending(path: "layer.tar").path
        let present = paths.filter { FileManager.default.fileExists(atPath: "/\($0)") }
        // Entries in a fixed order; what only another machine's file system has is left out.
        try Self.shell("tar -C / --sort=name --hard-dereference -cf \(tar) \(present.joined(separator: " "))")
        files = Int(try Self.shell("tar -tf \(tar) | wc -l").trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        megabytes = try Self.size(of: tar) / 1_000_000
        let diffID = try Self.digest(of: tar)
        try Self.shell("\(compression.rawValue) -q -c \(tar) > \(tar).packed")
        layer = blobs.appending(path: try Self.digest(of: "\(tar).packed")).path
        try FileManager.default.moveItem(atPath: "\(tar).packed", toPath: layer)
        try FileManager.default.removeItem(atPath: tar)
        #if arch(arm64)
        let architecture = "arm64"
        #else
        let architecture = "amd64"
        #endif
        let configuration = try Self.blob(
            #"{"architecture":"\#(architecture)","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:\#(diffID)"]}}"#,
            in: blobs
        )
        let layerDigest = URL(fileURLWithPath: layer).lastPathComponent
        let manifest = try Self.blob(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json",\(configuration)},
             "layers":[{"mediaType":"\(compression.mediaType)","digest":"sha256:\(layerDigest)","size":\(try Self.size(of: layer))}]}
            """,
            in: blobs
        )
        let index =
            #"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\#(manifest)}]}"#
        try Data(index.utf8).write(to: folder.appending(path: "index.json"))
        try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: folder.appending(path: "oci-layout"))
        reference = "oci:\(folder.path)"
    }

    /// How long `tar -x` takes into a fresh folder of the same file system.
    func measureTar(synchronizing: Bool) throws -> Duration {
        let target = folder.appending(path: "unpacked").path
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
        defer { _ = try? Self.shell("rm -r \(target)") }
        return try ContinuousClock().measure {
            try Self.shell("tar -C \(target) \(compression.tarFlag) -xpf \(layer)\(synchronizing ? " && sync -f \(target)" : "")")
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Writes a document, and returns its descriptor's fields.
    private static func blob(_ text: String, in blobs: URL) throws -> String {
        let temporary = blobs.appending(path: "new")
        try Data(text.utf8).write(to: temporary)
        let digest = try digest(of: temporary.path)
        try FileManager.default.moveItem(at: temporary, to: blobs.appending(path: digest))
        return #""digest":"sha256:\#(digest)","size":\#(text.utf8.count)"#
    }

    private static func size(of path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    private static func digest(of path: String) throws -> String {
        String(try shell("sha256sum \(path)").prefix(64))
    }

    @discardableResult
    private static func shell(_ line: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.ECHILD) }
        return String(decoding: data, as: UTF8.self)
    }
}
