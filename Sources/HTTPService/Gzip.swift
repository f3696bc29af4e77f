import CZlib
public import NIOCore

/// Whole bodies in and out of the gzip format (RFC 1952), by zlib.
enum Gzip {
    enum Problem: Error, Hashable, CustomStringConvertible {
        case tooLarge(limit: Int)
        case broken(String)
        case outOfMemory

        var description: String {
            switch self {
            case .tooLarge(let limit): "more than \(limit) bytes"
            case .broken(let reason): reason
            case .outOfMemory: "no memory to decompress it"
            }
        }
    }

    /// zlib's window of 32 KiB, in the gzip format.
    fileprivate static let windowBits: Int32 = 15 + 16
    fileprivate static let memoryLevel: Int32 = 8
    private static let stepBytes = 64 * 1024

    /// The body compressed, quickly rather than well; nil if zlib has no memory for it.
    static func compress(_ body: ByteBuffer) -> ByteBuffer? {
        var stream = z_stream()
        let structBytes = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(
                &stream,
                Z_BEST_SPEED,
                Z_DEFLATED,
                windowBits,
                memoryLevel,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                structBytes
            ) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        var output = ByteBuffer()
        let isComplete = body.withUnsafeReadableBytes { input in
            stream.setInput(input)
            return output.writeStep(Int(deflateBound(&stream, UInt(input.count))), &stream) { deflate(&$0, Z_FINISH) } == Z_STREAM_END
        }
        return isComplete ? output : nil
    }

    /// The body decompressed. It stops as soon as `limit` bytes are exceeded, whatever the body claims.
    static func decompress(_ body: ByteBuffer, limit: Int) throws(Problem) -> ByteBuffer {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .outOfMemory
        }
        defer { inflateEnd(&stream) }
        let result = body.withUnsafeReadableBytes { input in
            stream.setInput(input)
            return inflateAll(&stream, limit: limit)
        }
        return try result.get()
    }

    private static func inflateAll(_ stream: inout z_stream, limit: Int) -> Result<ByteBuffer, Problem> {
        var output = ByteBuffer()
        while true {
            let before = output.readableBytes
            let status = output.writeStep(min(stepBytes, limit - before + 1), &stream) { inflate(&$0, Z_NO_FLUSH) }
            if output.readableBytes > limit { return .failure(.tooLarge(limit: limit)) }
            switch status {
            case Z_OK where output.readableBytes > before || stream.avail_in > 0:
                continue
            case Z_OK, Z_BUF_ERROR:
                return .failure(.broken("it ends too early"))
            case Z_STREAM_END where stream.avail_in == 0:
                return .success(output)
            case Z_STREAM_END:
                // A gzip file may have several members, each a stream of its own (RFC 1952, section 2.2).
                guard inflateReset(&stream) == Z_OK else { return .failure(.outOfMemory) }
            case Z_MEM_ERROR:
                return .failure(.outOfMemory)
            default:
                return .failure(.broken(stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"))
            }
        }
    }
}

/// Compresses a body that comes in pieces, for an answer whose end is not known at its beginning.
public final class GzipStream {
    /// At one place for as long as it lives: zlib looks whether it was moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nothing if zlib has no memory for it.
    public init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let structBytes = Int32(MemoryLayout<z_stream>.size)
        let status = deflateInit2_(
            stream,
            Z_BEST_SPEED,
            Z_DEFLATED,
            Gzip.windowBits,
            Gzip.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            structBytes
        )
        guard status == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The next bytes of the compressed body; there may be none yet.
    ///
    /// - Parameter isLast: whether the body ends with this piece, which may be empty.
    public func compress(_ piece: ByteBuffer, isLast: Bool) -> ByteBuffer {
        var output = ByteBuffer()
        piece.withUnsafeReadableBytes { input in
            stream.pointee.setInput(input)
            // With room for all of it, and for what was held back, one step does.
            let room = Int(deflateBound(stream, UInt(input.count))) + Self.heldBackBytes
            _ = output.writeStep(room, &stream.pointee) { deflate(&$0, isLast ? Z_FINISH : Z_NO_FLUSH) }
        }
        return output
    }

    private static let heldBackBytes = 256 * 1024
}

extension z_stream {
    /// zlib reads from `input` and does not change it, though its type says it could.
    fileprivate mutating func setInput(_ input: UnsafeRawBufferPointer) {
        next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        avail_in = UInt32(input.count)
    }
}

extension ByteBuffer {
    /// Lets zlib write up to `capacity` bytes behind what is there; returns zlib's status.
    fileprivate mutating func writeStep(_ capacity: Int, _ stream: inout z_stream, _ step: (inout z_stream) -> Int32) -> Int32 {
        var status = Z_OK
        writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { output in
            stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(min(output.count, capacity))
            let available = Int(stream.avail_out)
            status = step(&stream)
            return available - Int(stream.avail_out)
        }
        return status
    }
}
