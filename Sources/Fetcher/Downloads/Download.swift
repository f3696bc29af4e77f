import AsyncHTTPClient
import FoundationEssentials
import Images
import LinuxKernel
import NIOCore

/// Brings one file from a server into an open file.
struct Download: Sendable {
    let files: HTTPFiles
    let stallTimeout: Duration

    /// - Parameters:
    ///   - admit: called with the announced length before anything is written; refuses by throwing.
    ///   - spend: called before bytes are written; refuses by throwing.
    /// - Returns: how many bytes came.
    func run(
        _ url: URL,
        into file: Descriptor,
        admit: @escaping @Sendable (Int64?) throws(FetchError) -> Void,
        spend: @escaping @Sendable (Int64) throws(FetchError) -> Void
    ) async throws(FetchError) -> Int64 {
        try await withStallWatch(stallTimeout) { (progress) async throws(FetchError) in
            let response = try await files.open(url)
            try admit(response.announcedLength)
            return try await write(response, to: file, progress, spend)
        }
    }

    private func write(
        _ response: HTTPClientResponse,
        to file: Descriptor,
        _ progress: DownloadProgress,
        _ spend: @Sendable (Int64) throws(FetchError) -> Void
    ) async throws(FetchError) -> Int64 {
        var body = response.body.makeAsyncIterator()
        var buffer = ByteBuffer()
        var written: Int64 = 0
        while let piece = try await Self.next(&body) {
            progress.add(piece.readableBytes)
            try spend(Int64(piece.readableBytes))
            buffer.writeImmutableBuffer(piece)
            guard buffer.readableBytes >= FetchLimits.writeBytes else { continue }
            written += try await flush(&buffer, at: written, to: file)
        }
        return written + (try await flush(&buffer, at: written, to: file))
    }

    private func flush(_ buffer: inout ByteBuffer, at offset: Int64, to file: Descriptor) async throws(FetchError) -> Int64 {
        let bytes = buffer
        buffer = ByteBuffer()
        try await blocking { (_) throws(FetchError) in
            var failure: FetchError?
            bytes.withUnsafeReadableBytes { view in
                do throws(FetchError) {
                    try FileCopy.write(view, at: offset, to: file, Self.name)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
        return Int64(bytes.readableBytes)
    }

    private static let name = Array("the download".utf8CString)

    private static func next(_ body: inout HTTPClientResponse.Body.AsyncIterator) async throws(FetchError) -> ByteBuffer? {
        do {
            return try await body.next()
        } catch {
            throw HTTPFiles.failure(error)
        }
    }
}
