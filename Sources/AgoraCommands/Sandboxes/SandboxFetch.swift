import Glibc
import LinuxKernel

/// Fetches files and folders of a sandbox.
///
/// Names come from the agent and contents from whoever filled the sandbox: every name is checked to be one name, and every
/// step on this machine is taken from an open folder, following no link.
struct SandboxFetch {
    /// How deep folders are followed.
    static let maximumDepth = 100
    /// How many files, folders and others one fetch may be about.
    static let maximumEntries = 1_000_000

    let source: SandboxSource
    let isForced: Bool
    /// Hands a line to the user.
    let note: (String) async -> Void

    /// How many files were fetched.
    private(set) var files = 0
    /// How many bytes those had.
    private(set) var bytes: UInt64 = 0
    /// How many are gone, or could not be read.
    private(set) var missing = 0
    private var entries = 0

    init(source: SandboxSource, isForced: Bool, note: @escaping (String) async -> Void) {
        self.source = source
        self.isForced = isForced
        self.note = note
    }

    var summary: String { "\(files == 1 ? "1 file" : "\(files) files") of \(ByteText.text(bytes))" }

    /// Fetches one file.
    mutating func file(_ path: String, to place: FetchDestination) async throws {
        // Its folder knows the mode; where that cannot be listed, that of a usual file will do.
        let entry = try? await source.entries(of: path).first
        try await file(path, entry?.kind == .file ? entry : nil, to: place.folder, as: place.name)
    }

    /// Fetches a folder with all that is in it.
    mutating func folder(_ path: String, to place: FetchDestination) async throws {
        guard try place.folder.makeFolder(place.name) || isForced else {
            throw SandboxError("\(place) is there already; name another destination, or overwrite what it holds with --force")
        }
        let top = try place.folder.folder(place.name)
        var waiting = [""]
        while let next = waiting.popLast() {
            guard let found = try await list(next, below: path) else { continue }
            entries += found.count
            guard entries <= Self.maximumEntries else {
                throw SandboxError("\"\(path.clipped)\" holds more than \(Self.maximumEntries) files and folders; fetch parts of it")
            }
            let folder = try top.makePath(next).folder
            for entry in found {
                let inner = next.isEmpty ? entry.name : "\(next)/\(entry.name)"
                switch entry.kind {
                case .folder: waiting.append(try checked(inner))
                case .file: try await tryFile("\(path)/\(inner)", entry, to: folder)
                case .link: await note("left out \(inner.printable), a symbolic link")
                case .other: await note("left out \(inner.printable), which is neither file nor folder")
                }
            }
        }
    }

    private func checked(_ path: String) throws(SandboxError) -> String {
        guard path.split(separator: "/").count <= Self.maximumDepth else {
            throw SandboxError("folders are nested more than \(Self.maximumDepth) deep in \"\(path.clipped)\"; fetch parts of it")
        }
        return path
    }

    private mutating func list(_ folder: String, below path: String) async throws -> [SandboxEntry]? {
        if let found = try await source.folder("\(path)/\(folder)") { return found }
        missing += 1
        await note("\(folder.printable) is gone")
        return nil
    }

    /// Passes over one that is gone meanwhile, or that the agent will not give.
    private mutating func tryFile(_ path: String, _ entry: SandboxEntry, to folder: Folder) async throws {
        do {
            try await file(path, entry, to: folder, as: entry.name)
        } catch let error as SandboxError where error.isMissing {
            missing += 1
            await note("\(error)")
        } catch let error as ClientError where error.status != nil {
            missing += 1
            await note("\(error)")
        }
    }

    private mutating func file(_ path: String, _ entry: SandboxEntry?, to folder: Folder, as name: String) async throws {
        var count: UInt64 = 0
        let file = LocalFile(folder: folder, name: name, mode: entry?.permissions ?? 0o644, changed: entry?.changed, isForced: isForced)
        try await file.write { append in
            try await source.download(path) { piece in
                try append(piece)
                count += UInt64(piece.count)
                return true
            }
        }
        files += 1
        bytes += count
    }
}
