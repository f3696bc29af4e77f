import CoreLoop
import HTTPService
import LinuxKernel
import MesosAPI
import MesosMessages
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The older endpoints that show sandboxes: `/files/read`, `/files/browse`, `/files/download`, `/files/debug`; and `/files/output`,
/// Agora's own.
struct FileRoutes: Sendable {
    let files: FileReads

    func add(to router: inout Router) {
        add(&router, "/files/read") { (path, request, responder) async throws(Refusal) in
            responder.respond(json: try await read(path, request), to: request)
        }
        add(&router, "/files/browse") { (path, request, responder) async throws(Refusal) in
            var writer = JSONWriter()
            writer.array(try await files.entries(of: path)) { $0.entry($1) }
            responder.respond(json: writer.bytes, to: request)
        }
        add(&router, "/files/download") { (path, _, responder) async throws(Refusal) in
            try await download(path, responder)
        }
        add(&router, "/files/output") { (path, request, responder) async throws(Refusal) in
            try await output(path, LogSelection({ request.query[$0] }, now: SteadyClock().now), responder)
        }
        router.on(.get, paths: AgentRoutes.paths("/files/debug")) { request, responder in
            Task {
                do throws(Refusal) {
                    responder.respond(json: try await files.places(), to: request)
                } catch {
                    responder.refuse(error.status, error.message)
                }
            }
        }
    }

    private func add(
        _ router: inout Router,
        _ path: String,
        _ answer: @escaping @Sendable (String, HTTPRequest, HTTPResponder) async throws(Refusal) -> Void
    ) {
        router.on(.get, paths: AgentRoutes.paths(path)) { request, responder in
            guard let path = request.query["path"], !path.isEmpty else {
                return responder.refuse(400, "the query needs path=PATH, a path in a sandbox")
            }
            Task {
                do throws(Refusal) {
                    try await answer(path, request, responder)
                } catch {
                    responder.refuse(error.status, error.message)
                }
            }
        }
    }

    /// `{"data": …, "offset": …}`; an offset of -1 asks how long the file is.
    private func read(_ path: String, _ request: HTTPRequest) async throws(Refusal) -> [UInt8] {
        let offset = try Self.number("offset", request)
        let length = try Self.number("length", request)
        var piece = try await files.piece(of: path, offset: UInt64(max(0, offset ?? 0)), length: length.flatMap { UInt64(exactly: $0) })
        if offset == -1 { piece.bytes = [] }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("data", String(decoding: piece.bytes, as: UTF8.self))
            writer.field("offset", offset == -1 ? Int(clamping: piece.size) : Int(offset ?? 0))
        }
        return writer.bytes
    }

    private static func number(_ name: String, _ request: HTTPRequest) throws(Refusal) -> Int64? {
        guard let text = request.query[name] else { return nil }
        guard let number = Int64(text), number >= -1 else {
            throw Refusal(400, "\(name): must be a number from -1, is \"\(text.prefix(100))\"")
        }
        return number
    }

    /// Sends an output as it is now, through all files that it went into.
    private func output(_ path: String, _ selection: LogSelection, _ responder: HTTPResponder) async throws(Refusal) {
        let (folder, name) = try await files.folder(of: path)
        guard var file = try await selection.starts(of: [name], in: folder).first else { return }
        let newest = try await LogSelection.new.starts(of: [name], in: folder)[0]
        await send(responder, headers: [("Content-Type", "application/octet-stream")]) {
            while true {
                let isLast = file.inode == newest.inode
                let piece = await Self.piece(of: file.file.number, at: file.offset, upTo: isLast ? newest.offset : .max)
                file.offset += piece.count
                guard piece.isEmpty, !isLast else { return piece }
                guard let next = file.next() else { return [] }
                file = next
            }
        }
    }

    /// Sends the file as it is now.
    private func download(_ path: String, _ responder: HTTPResponder) async throws(Refusal) {
        let descriptor = try await files.open(path)
        defer { close(descriptor) }
        guard let status = try? files.files.status(of: descriptor), status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(404, "\"\(path.prefix(1000))\" is a folder; /files/browse lists it")
        }
        let name = path.split(separator: "/").last.map { $0.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline } } ?? "file"
        let headers = [("Content-Type", "application/octet-stream"), ("Content-Disposition", "attachment; filename=\"\(name)\"")]
        var position = 0
        await send(responder, headers: headers) {
            let piece = await Self.piece(of: descriptor, at: position, upTo: status.st_size)
            position += piece.count
            return piece
        }
    }

    /// Sends pieces until there is an empty one, no faster than the reader takes them.
    private func send(_ responder: HTTPResponder, headers: [(String, String)], _ next: () async -> [UInt8]) async {
        let stream = responder.stream(headers: headers, maximumBufferedBytes: Self.bufferBytes) {}
        while await stream.waitUntilBuffered(below: Self.bufferBytes / 2), case let piece = await next(), !piece.isEmpty {
            guard stream.write(piece) else { return }
        }
        stream.finish()
    }

    private static let bufferBytes = 1 << 20
    private static let pieceBytes = 256 << 10

    private static func piece(of descriptor: Int32, at position: Int, upTo end: Int) async -> [UInt8] {
        let count = min(pieceBytes, max(end - position, 0))
        let piece = try? await NIOThreadPool.singleton.runIfActive {
            [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, pread(descriptor, buffer.baseAddress, count, position))
            }
        }
        return piece ?? []
    }
}

extension JSONWriter {
    fileprivate mutating func entry(_ entry: Mesos_V1_FileInfo) {
        object { writer in
            writer.field("path", entry.path)
            writer.field("nlink", Int(entry.nlink))
            writer.field("size", Int(clamping: entry.size))
            writer.field("mtime", Int(entry.mtime.nanoseconds / 1_000_000_000))
            writer.field("mode", Self.mode(entry.mode))
            writer.field("uid", entry.uid)
            writer.field("gid", entry.gid)
        }
    }

    /// As ls(1) shows it: "-rw-r--r--".
    private static func mode(_ mode: UInt32) -> String {
        let kind =
            switch mode & S_IFMT {
            case S_IFDIR: "d"
            case S_IFLNK: "l"
            case S_IFIFO: "p"
            case S_IFSOCK: "s"
            case S_IFCHR: "c"
            case S_IFBLK: "b"
            default: "-"
            }
        let letters = Array("rwxrwxrwx")
        return kind + String((0..<9).map { mode >> (8 - UInt32($0)) & 1 == 1 ? letters[$0] : "-" })
    }
}
