import FoundationEssentials
import Glibc
import Images
import LinuxKernel

/// Brings one file into a sandbox.
struct FileFetch: Sendable {
    private let item: FetchItem
    private let user: String?
    private let source: FetchSource
    /// Where it goes.
    private let path: LayerPath
    private let tree: SandboxTree
    private let cache: FetchCache?
    private let download: Download
    private let limit: Int64

    init(
        _ item: FetchItem,
        user: String?,
        tree: SandboxTree,
        files: HTTPFiles,
        cache: FetchCache?,
        _ configuration: FetcherConfiguration
    ) throws(FetchError) {
        self.item = item
        self.user = user
        self.tree = tree
        self.cache = cache
        download = Download(files: files, stallTimeout: configuration.stallTimeout)
        limit = configuration.limits.bytes
        do throws(FetchError) {
            source = try FetchSource(item.uri)
            path = try Self.path(of: item)
        } catch {
            throw error.about(FetchSource.shown(item.uri))
        }
    }

    private static func path(of item: FetchItem) throws(FetchError) -> LayerPath {
        guard let name = item.outputFile ?? FetchSource.name(of: item.uri) else {
            throw FetchError(.invalidURI, "it ends without a file name; give one by output_file")
        }
        guard !name.utf8.contains(0), !name.hasPrefix("/"), !name.hasSuffix("/"), let path = try? LayerPath(Array(name.utf8CString)),
            !path.isRoot
        else {
            throw FetchError(.invalidURI, "the output file \(quoted(name)) must be a path in the sandbox: relative, without \"..\"")
        }
        return path
    }

    /// Brings it, and unpacks it if its name says that it is an archive.
    func run() async throws(FetchError) {
        do throws(FetchError) {
            if case .http(let url) = source, item.isCached, let cache, try await runCached(url, cache) { return }
            try tree.budget.spendEntry()
            let file = try await make()
            try await fill(file)
            try await finish(file)
            if let archive { try await unpack(file, archive) }
        } catch {
            throw error.about(FetchSource.shown(item.uri))
        }
    }

    private var archive: ArchiveName? {
        item.extracts && !item.isExecutable ? ArchiveName(SandboxTree.text(path.name)) : nil
    }

    private func make() async throws(FetchError) -> Descriptor {
        try await blocking { (_) throws(FetchError) in
            try tree.file(path.name, in: try tree.folder(path.parent), of: path.bytes)
        }
    }

    private func finish(_ file: Descriptor) async throws(FetchError) {
        try await blocking { (_) throws(FetchError) in
            try tree.finish(file, mode: item.isExecutable ? 0o755 : 0o644, path.bytes)
        }
    }

    private func fill(_ file: Descriptor) async throws(FetchError) {
        let budget = tree.budget
        switch source {
        case .http(let url):
            let limit = limit
            _ = try await download.run(url, into: file) { (length) throws(FetchError) in
                guard let length, length > limit else { return }
                throw FetchError(.limitExceeded, "it has \(length) bytes; \(limit) are the limit (--fetcher-max-bytes)")
            } spend: { (bytes) throws(FetchError) in
                try budget.spend(bytes: bytes)
            }
        case .local(let path):
            try await blocking { (cancellation) throws(FetchError) in
                let source = try LocalFile.open(path, as: tree.owner)
                try FileCopy.copy(source, to: file, self.path.bytes, budget: budget, cancellation: cancellation)
            }
        }
    }

    /// As in Mesos, what comes out of the archive stands at the top of the sandbox, wherever the archive itself is.
    private func unpack(_ file: Descriptor, _ archive: ArchiveName) async throws(FetchError) {
        try await blocking { (cancellation) throws(FetchError) in
            let extraction = Extraction(into: tree, cancellation: cancellation)
            switch archive {
            case .archive: try extraction.unpack(file)
            case .compressed(let name): try extraction.decompress(file, to: try Self.plain(name))
            }
        }
    }

    private static func plain(_ name: String) throws(FetchError) -> LayerPath {
        guard let path = try? LayerPath(Array(name.utf8CString)), !path.isRoot else {
            throw FetchError(.invalidURI, "\(quoted(name)) is no name for the unpacked file")
        }
        return path
    }

    /// - Returns: false if there is no room in the cache, and the file is to be brought for this task alone.
    private func runCached(_ url: URL, _ cache: FetchCache) async throws(FetchError) -> Bool {
        let (download, limit) = (download, limit)
        let lease = try await cache.lease(.init(user: user, uri: item.uri)) { (file, reserve) async throws(FetchError) in
            _ = try await download.run(url, into: file) { (length) throws(FetchError) in
                // What is too large for the task is left to the direct download, which says so.
                try reserve(length.flatMap { $0 <= limit ? $0 : nil })
            } spend: { (_) throws(FetchError) in
                // The length was announced and reserved; HTTP's framing lets no more bytes through.
            }
        }
        guard let lease else { return false }
        if let archive {
            try await unpack(lease.file, archive)
        } else {
            try tree.budget.spendEntry()
            let file = try await make()
            try await blocking { (cancellation) throws(FetchError) in
                try FileCopy.copy(lease.file, to: file, path.bytes, budget: tree.budget, cancellation: cancellation)
            }
            try await finish(file)
        }
        return true
    }
}

/// A file of the machine, as its user may read it.
enum LocalFile {
    static func open(_ path: String, as owner: FileOwner?) throws(FetchError) -> Descriptor {
        let file: Descriptor
        do throws(KernelError) {
            file = try Descriptor.open(path, as: owner)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR: throw FetchError(.notFound, "there is no such file on the agent's machine")
            case EACCES, EPERM: throw FetchError(.forbidden, "the task's user must not read it")
            default: throw FetchError(.storage, "\(error)")
            }
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FetchError(.notFound, "it is a folder or a device, not a file")
        }
        return file
    }
}
