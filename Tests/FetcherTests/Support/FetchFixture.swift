import Fetcher
import Foundation
import TestSupport

/// A fetcher with a sandbox of its own; nothing is left of them afterwards.
struct FetchFixture {
    let folder: URL
    let fetcher: Fetcher

    static func run(
        _ change: (inout FetcherConfiguration) -> Void = { _ in },
        _ body: (FetchFixture) async throws -> Void
    ) async throws {
        try await withScratchDirectory { folder in
            var configuration = FetcherConfiguration(cacheDirectory: folder.appending(path: "cache").path)
            configuration.stallTimeout = .seconds(20)
            change(&configuration)
            try await body(FetchFixture(folder: folder, fetcher: try Fetcher(configuration: configuration)))
        }
    }

    var sandbox: URL { folder.appending(path: "sandbox") }

    func fetch(_ items: FetchItem..., user: String? = nil, layers: [String] = [], into sandbox: URL? = nil) async throws {
        let path = (sandbox ?? self.sandbox).path
        try await fetcher.fetch(FetchRequest(items: items, sandbox: path, user: user, layers: layers))
    }

    /// Why it was not fetched; nothing: it was.
    func failure(_ items: FetchItem..., user: String? = nil, into sandbox: URL? = nil) async -> FetchError? {
        do throws(FetchError) {
            try await fetcher.fetch(FetchRequest(items: items, sandbox: (sandbox ?? self.sandbox).path, user: user))
            return nil
        } catch {
            return error
        }
    }

    func text(_ name: String) -> String? {
        (try? Data(contentsOf: sandbox.appending(path: name))).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Every name below the sandbox.
    var names: [String] {
        (FileManager.default.enumerator(atPath: sandbox.path)?.compactMap { $0 as? String } ?? []).sorted()
    }

    var hasSandbox: Bool { FileManager.default.fileExists(atPath: sandbox.path) }

    /// Writes a file outside of the sandbox.
    func file(_ name: String, _ content: some Collection<UInt8>) throws -> String {
        let url = folder.appending(path: name)
        try Data(content).write(to: url)
        return url.path
    }

    /// Has Python's tarfile and zipfile write an archive.
    ///
    /// - Parameter script: it finds the archive's path in `path`, and `entry(name, **fields)` for a tar's entries.
    func archive(_ name: String, _ script: String) async throws -> String {
        let path = folder.appending(path: name).path
        let ended = try await Program.run("/usr/bin/python3", ["-c", Self.prelude + script, path])
        guard ended.status == 0 else { throw CocoaError(.fileWriteUnknown) }
        return path
    }

    private static let prelude = """
        import sys, io, tarfile, zipfile, gzip, os
        path = sys.argv[1]
        def entry(name, data=b'', **fields):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in fields.items(): setattr(info, key, value)
            return info, io.BytesIO(data)
        def tar(mode, *entries, **options):
            with tarfile.open(path, mode, **options) as archive:
                for info, data in entries: archive.addfile(info, data)

        """
}
