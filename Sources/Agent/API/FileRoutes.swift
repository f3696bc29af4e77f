import HTTPService
import MesosAPI
import MesosMessages
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The older endpoints that show sandboxes: `/files/read`, `/files/browse`, `/files/download`, `/files/debug`.
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

    /// Sends the file as it is now, no faster than the reader takes it.
    private func download(_ path: String, _ responder: HTTPResponder) async throws(Refusal) {
        let descriptor = try await files.open(path)
        defer { close(descriptor) }
        guard let status = try? files.files.status(of: descriptor), status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(404, "\"\(path.prefix(1000))\" is a folder; /files/browse lists it")
        }
        let closed = ClosedFlag()
        let name = path.split(separator: "/").last.map { $0.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline } } ?? "file"
        let headers = [("Content-Type", "application/octet-stream"), ("Content-Disposition", "attachment; filename=\"\(name)\"")]
        let stream = responder.stream(headers: headers, maximumBufferedBytes: Self.bufferBytes) { closed.set() }
        var position: off_t = 0
        while position < status.st_size, !closed.isSet {
            guard stream.bufferedBytes < Self.bufferBytes / 2 else {
                try? await Task.sleep(for: .milliseconds(5))
                continue
            }
            let piece = await Self.piece(of: descriptor, at: position)
            guard !piece.isEmpty else { break }
            position += off_t(piece.count)
            stream.write(piece)
        }
        stream.finish()
    }

    private static let bufferBytes = 1 << 20
    private static let pieceBytes = 256 << 10

    private static func piece(of descriptor: Int32, at position: off_t) async -> [UInt8] {
        let piece = try? await NIOThreadPool.singleton.runIfActive {
            [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, count in
                count = max(0, pread(descriptor, buffer.baseAddress, pieceBytes, position))
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
